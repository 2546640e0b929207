/** max_payload: requests with a larger body are refused (KrakenD Enterprise). */
import { toFailure } from '../errors.ts'
import { type BodyLimits, readRequestBody } from '../request-body.ts'
import type { CreateStage, Incoming, Outside, Serve } from '../types.ts'

export interface PayloadOptions {
  bytes: number
  /** Of bodies that do not say their length. */
  unsized: BodyLimits
}

const limitPayload =
  ({ bytes, unsized }: PayloadOptions) =>
  (next: Serve): Serve =>
  (incoming, ctx) => {
    const { headers, raw } = incoming
    const length = headers.get('content-length')
    // Where a body comes in pieces, a length beside it is no promise.
    if (length !== null && !headers.has('transfer-encoding')) return Number(length) > bytes ? Promise.resolve(refuse(413)) : next(incoming, ctx)
    return raw.body ? readFirst(incoming, ctx, unsized, next) : next(incoming, ctx)
  }

export const route: CreateStage<'route', PayloadOptions> = limitPayload
export const endpoint: CreateStage<'endpoint', PayloadOptions> = limitPayload

const refuse = (status: number): Response => new Response(null, { status })

/** Read whole before anyone is asked: workerd ends a stream that is broken off as if it were complete, so the upstream would take the part for the whole. */
async function readFirst(incoming: Incoming, ctx: Outside, limits: BodyLimits, next: Serve): Promise<Response> {
  let body: Uint8Array<ArrayBuffer>
  try {
    body = await readRequestBody(incoming.raw, limits)
  } catch (error) {
    return refuse(toFailure(error).status ?? 400)
  }
  const { raw } = incoming
  incoming.raw = new Request(raw, { method: raw.method, body })
  return next(incoming, ctx)
}
