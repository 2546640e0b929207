/** Go's http.Client on 3xx answers (routing/RULES.md §6, proxy/RULES.md §11). */
import type { Failure, HeaderMap, UpstreamRequest } from '../types.ts'
import { parseAddress } from '../url.ts'

/** Requests in all, the first one included. */
const MOST = 10
const FOLLOWED = new Set([301, 302, 303, 307, 308])

export const isRedirect = ({ status }: Response): boolean => status >= 300 && FOLLOWED.has(status)

/** Follows until an answer is none, or none that may be followed: that one is the answer then. */
export async function followRedirects(first: UpstreamRequest, answer: Response, redirectBody: boolean, send: (request: UpstreamRequest) => Promise<Response>): Promise<Response> {
  let request = first
  let response = answer
  for (let requests = 1; isRedirect(response); requests++) {
    const next = nextRequest(first, request, response, redirectBody)
    if (!next) break
    if (requests === MOST) throw { kind: 'network', message: `stopped after ${MOST} redirects` } satisfies Failure
    await response.body?.cancel()
    request = next
    response = await send(request)
  }
  return response
}

/** null where Go does not follow: without a Location, and 307 or 308 where the first request had a body. */
function nextRequest(first: UpstreamRequest, last: UpstreamRequest, { status, headers }: Response, redirectBody: boolean): UpstreamRequest | null {
  const location = textOf(headers.get('location') ?? '')
  const keepsMethod = status === 307 || status === 308
  if (!location || (keepsMethod && first.body !== null && !redirectBody)) return null
  const from = new URL(last.url)
  const to = new URL(location, from)
  const url = parseAddress(to.href)
  if (url === null) throw { kind: 'network', message: `failed to parse Location header ${JSON.stringify(location)}` } satisfies Failure
  const method = keepsMethod || last.method === 'HEAD' ? last.method : 'GET'
  const body = keepsMethod ? last.body : null
  return { ...last, method, body, url, headers: nextHeaders(first, last.headers, from, to, !keepsMethod) }
}

/** Deno's Headers hold bytes, each as a character; Location may be UTF-8. */
function textOf(field: string): string {
  try {
    // oxlint-disable-next-line typescript/no-deprecated -- bytes to text, in a dozen bytes
    return decodeURIComponent(escape(field))
  } catch {
    return field
  }
}

const OF_BODY = ['content-type', 'content-encoding', 'content-language', 'content-location']
/** For the first host and what is below it only. */
const SENSITIVE = ['authorization', 'cookie', 'cookie2', 'www-authenticate', 'proxy-authorization', 'proxy-authenticate']

/** Go keeps a Referer that the first request had. */
function nextHeaders(first: UpstreamRequest, last: HeaderMap, from: URL, to: URL, dropsBody: boolean): HeaderMap {
  const next = new Map(last)
  const { hostname } = new URL(first.url)
  if (dropsBody) for (const name of OF_BODY) next.delete(name)
  if (hostname !== to.hostname && !to.hostname.endsWith(`.${hostname}`)) for (const name of SENSITIVE) next.delete(name)
  if (first.headers.has('referer')) return next
  if (from.protocol === 'https:' && to.protocol === 'http:') next.delete('referer')
  else next.set('referer', refererOf(from))
  return next
}

function refererOf(from: URL): string {
  const url = new URL(from)
  url.username = url.password = ''
  return url.href
}
