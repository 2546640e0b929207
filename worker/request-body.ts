/** A client's body in memory, where it is read by more than one. A body that one call sends streams through and never comes here. */
import { readBody } from './backend/read.ts'
import type { Failure } from './types.ts'

export interface BodyLimits {
  bytes: number
  /** From the first piece to the last: what comes in slower drips, and its sender may go on for ever. */
  milliseconds: number
}

const SLOW: Failure = Object.freeze({ kind: 'timeout', message: 'the request body came too slowly (read_timeout)', status: 408 })

/** Reads it whole. Rejects with a Failure where it is too large or too slow. */
export async function readRequestBody(request: Request, { bytes, milliseconds }: BodyLimits): Promise<Uint8Array<ArrayBuffer>> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const slow = new Promise<never>((_, reject) => {
    // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- failures are plain objects (errors.ts)
    timer = setTimeout(() => reject(SLOW), milliseconds)
  })
  try {
    return await Promise.race([readBody(request, bytes, 413), slow])
  } finally {
    clearTimeout(timer)
  }
}
