/** max_payload: requests with a larger body are refused, and never held in memory to find out (KrakenD Enterprise). */
import type { CreateStage, Incoming, Serve } from '../types.ts'

export interface PayloadOptions {
  bytes: number
}

const limitPayload =
  ({ bytes }: PayloadOptions) =>
  (next: Serve): Serve =>
  (incoming, ctx) => {
    const { headers, raw } = incoming
    const length = headers.get('content-length')
    // Where a body comes in pieces, a length beside it is no promise.
    if (length !== null && !headers.has('transfer-encoding')) return Number(length) > bytes ? Promise.resolve(tooLarge()) : next(incoming, ctx)
    return raw.body ? counting(bytes, raw.body, next)(incoming, ctx) : next(incoming, ctx)
  }

export const route: CreateStage<'route', PayloadOptions> = limitPayload
export const endpoint: CreateStage<'endpoint', PayloadOptions> = limitPayload

const tooLarge = (): Response => new Response(null, { status: 413 })

/** Breaks the body off where it is too long; whatever came of that, the client is told the reason. */
const counting = (bytes: number, body: ReadableStream<Uint8Array>, next: Serve) => async (incoming: Incoming, ctx: Parameters<Serve>[1]): Promise<Response> => {
  let left = bytes
  const counted = body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(piece, controller) {
        left -= piece.length
        if (left < 0) controller.error(new Error(`request body larger than ${bytes} bytes (max_payload)`))
        else controller.enqueue(piece)
      },
    }),
  )
  // Streams of bodies are sent while they come, which the type of RequestInit does not know of.
  incoming.raw = new Request(incoming.raw, { body: counted, duplex: 'half' } as RequestInit)
  const answer = await next(incoming, ctx)
  return left < 0 ? tooLarge() : answer
}
