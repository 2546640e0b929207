/** Reading an upstream's body whole, with a bound: isolates have 128 MB on Workers, and an upstream may never end. */
import { concat } from '../json/data.ts'
import type { Failure } from '../types.ts'

const tooLarge = (limit: number): Failure => ({ kind: 'too-large', message: `body larger than ${limit} bytes (cuttle/limits: max_buffered_body)` })

/** Reads at most `limit` bytes; rejects with a Failure beyond. The platform has undone gzip. */
export async function readBody(response: Response, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const length = response.headers.get('content-length')
  if (length === null || Number(length) > limit || response.headers.has('content-encoding')) return readStream(response, limit)
  return new Uint8Array(await response.arrayBuffer())
}

async function readStream(response: Response, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  if (!response.body) return new Uint8Array()
  const pieces: Uint8Array[] = []
  let size = 0
  const reader = response.body.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return concat(pieces)
    size += value.length
    if (size > limit) {
      await reader.cancel()
      throw tooLarge(limit)
    }
    pieces.push(value)
  }
}

/** Lets go of a body that nobody reads, so that its connection is free. */
export function discard(response: Response): void {
  if (response.body && !response.bodyUsed) response.body.cancel().catch(() => undefined)
}
