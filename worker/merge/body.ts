/** Request bodies that several backends are sent. */
import { readBody } from '../backend/read.ts'
import type { GatewayRequest } from '../types.ts'

export interface SharedBody {
  /** More than one call sends the body: it has to be read first, at most so many bytes of it. null: one does, so it streams. */
  bufferBytes: number | null
}

/** The request with its body in memory, if it has to be. Rejects with a Failure where it is too large. */
export async function bufferBody(request: GatewayRequest, bytes: number): Promise<GatewayRequest> {
  if (!(request.body instanceof ReadableStream)) return request
  return { ...request, body: await readBody(new Response(request.body), bytes) }
}
