/** Reading an upstream's body whole, with a bound: isolates have 128 MB on Workers, and an upstream may never end. */
import { concat } from '../json/data.ts'
import { tooLarge } from '../errors.ts'

/** Reads at most `limit` bytes; rejects beyond, with the status that the client gets. The platform has undone gzip. */
export async function readBody(message: Request | Response, limit: number, status: 413 | 502 = 502): Promise<Uint8Array<ArrayBuffer>> {
  const length = message.headers.get('content-length')
  if (length === null || Number(length) > limit || message.headers.has('content-encoding')) return readStream(message.body, limit, status)
  return new Uint8Array(await message.arrayBuffer())
}

async function readStream(body: Response['body'], limit: number, status: 413 | 502): Promise<Uint8Array<ArrayBuffer>> {
  if (!body) return new Uint8Array()
  const pieces: Uint8Array[] = []
  let size = 0
  const reader = body.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return concat(pieces)
    size += value.length
    if (size > limit) {
      await reader.cancel()
      throw tooLarge(limit, status)
    }
    pieces.push(value)
  }
}

/** Lets go of a body that nobody reads, so that its connection is free. */
export function discard(response: Response): void {
  if (response.body && !response.bodyUsed) response.body.cancel().catch(() => undefined)
}
