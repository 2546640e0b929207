/** The call itself. Redirects are followed by Go's rules, not by the platform's (client/redirect.ts). */
import type { CallInit, CreateClient, UpstreamRequest } from '../types.ts'
import { followRedirects, isRedirect } from './redirect.ts'

export interface FetchOptions {
  /** send_body_on_redirect. */
  redirectBody: boolean
  /** Bytes that the decoder reads at most; null for no-op. */
  buffer: number | null
}

export const call: CreateClient<FetchOptions> = (options) => {
  return async (request, { deadline: { signal } }) => {
    const response = await send(request, signal, options)
    return isRedirect(response) ? followRedirects(request, response, options.redirectBody, (next) => send(next, signal, options)) : response
  }
}

function send(request: UpstreamRequest, signal: AbortSignal | null, { buffer }: FetchOptions): Promise<Response> {
  const init: CallInit = { method: request.method, headers: Object.fromEntries(request.headers), body: request.body, redirect: 'manual', signal, buffer }
  return request.fetch(request.url, init)
}
