/**
 * Compressed answers (routing/RULES.md §7). KrakenD's transport asks for gzip unless the client's Accept-Encoding is forwarded or
 * disable_compression says no, and then undoes it, whatever the case of the name; otherwise only decoders undo it, and only `gzip`.
 */

/** An answer whose gzip the transport undoes: its body unpacked, without the headers that spoke of the packed one. */
export function unpack(response: Response, isRead: boolean): Response {
  const coding = response.headers.get('content-encoding')
  if (coding === null || coding.toLowerCase() !== 'gzip') return response
  // Platforms undo `gzip` themselves where a body is read or goes on without the header.
  const known = coding === 'gzip'
  if (known && isRead) return response
  // Go leaves alone what has no body; the platforms would undo or add gzip.
  if (response.headers.get('content-length') === '0') return new Response(null, { status: response.status, headers: response.headers })
  const headers = new Headers(response.headers)
  headers.delete('content-encoding')
  headers.delete('content-length')
  const body = known ? response.body : (response.body?.pipeThrough(new DecompressionStream('gzip')) ?? null)
  return new Response(body, { status: response.status, headers })
}
