/** The call itself. Redirects are followed by Go's rules, not by the platform's (client/redirect.ts). */
import { ofCall } from '../errors.ts'
import { setMember } from '../json/data.ts'
import type { CallInit, CreateClient, HeaderMap, UpstreamRequest } from '../types.ts'
import { unpack } from './gzip.ts'
import { followRedirects, isRedirect } from './redirect.ts'

export interface FetchOptions {
  /** send_body_on_redirect. */
  redirectBody: boolean
  /** Bytes that the decoder reads at most; null for no-op. */
  buffer: number | null
  /** The transport undoes gzip: not with disable_compression. */
  gzip: boolean
}

export const call: CreateClient<FetchOptions> = (options) => {
  const backend = {}
  return async (request, { deadline: { signal } }) => {
    const unpacks = options.gzip && !request.headers.has('accept-encoding')
    let last = request.url
    const send = (next: UpstreamRequest): Promise<Response> => {
      const { method, url, headers, body, length } = next
      const init: CallInit = { method, headers: toRecord(headers), body, length, redirect: 'manual', signal, buffer: options.buffer, gzip: unpacks, backend }
      last = url
      return next.fetch(url, init)
    }
    try {
      const response = await send(request)
      const final = isRedirect(response) ? await followRedirects(request, response, options.redirectBody, send) : response
      return unpacks ? unpack(final, options.buffer !== null) : final
    } catch (error) {
      throw ofCall(request.method, last, error)
    }
  }
}

/** What a call says of itself: Go leaves these out of the headers that a stage or a script has made (net/http, reqWriteExcludeHeader). */
const OWN = new Set(['host', 'content-length', 'transfer-encoding', 'trailer'])

/** As Object.fromEntries, which costs twice as much. */
function toRecord(map: HeaderMap): Record<string, string> {
  const record: Record<string, string> = {}
  for (const [name, value] of map) if (!OWN.has(name)) setMember(record, name, value)
  return record
}
