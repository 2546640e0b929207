/** `output_encoding: no-op`: status, headers and body of the upstream, with the gateway's own headers added. */
import { SINGLE } from '../header-value.ts'
import type { Answer, CreateRender } from '../types.ts'
import { sniff } from './sniff.ts'
import { COMPLETED, hasMembers, VERSION } from './writer.ts'

const NO_BODY = new Set([204, 205, 304])

export const render: CreateRender<{ cacheControl: string | null }> = (_options, { platform, site }) => {
  const { version } = site.service
  return (answer) => {
    const upstream = responseOf(answer)
    if (!upstream) return withoutBody(answer, version)
    const hasData = isDoubled(answer!)
    const untouched = !hasData && answer!.headers === upstream.headers && answer!.status === upstream.status
    const response = addOwn(untouched ? platform.own(upstream) : rewrite(upstream, answer!, hasData), version, hasData && answer!.complete)
    // Looking at `body` makes a stream of it, so the header is asked first.
    const { headers } = response
    return !headers.has('content-type') && !headers.has('content-encoding') && response.body ? sniff(response) : response
  }
}

/** Data beside what is sent. */
const isDoubled = (answer: Answer): boolean => (answer.body.kind === 'raw' ? answer.body.data !== undefined && Object.keys(answer.body.data).length > 0 : hasMembers(answer))

function responseOf(answer: Answer | null): Response | null {
  if (answer?.body.kind === 'raw') return answer.body.response
  return (answer?.body.kind === 'data' && answer.body.raw) || null
}

/** Scripts may have changed status and headers. The length stays the body's: Deno writes what it is told. */
function rewrite(upstream: Response, { status, headers }: Answer, hasData: boolean): Response {
  const body = NO_BODY.has(status) ? null : upstream.body
  const response = new Response(body, { status: status || 200, headers: headers ?? [] })
  const length = upstream.headers.get('content-length')
  response.headers.delete('content-length')
  if (body && length) response.headers.set('content-length', length)
  if (hasData) for (const [name, value] of headers ?? []) if (!SINGLE.has(name)) response.headers.append(name, value)
  return response
}
/** Data has no place here; its headers have, once by the endpoint and once by its renderer. */
function withoutBody(answer: Answer | null, version: string): Response {
  const hasData = hasMembers(answer)
  const response = addOwn(new Response(null, { status: answer ? answer.status || 200 : 500 }), version, hasData && answer!.complete)
  for (const [name, value] of answer?.headers ?? []) {
    if (name === 'content-length') continue
    response.headers.append(name, value)
    if (hasData) response.headers.append(name, value)
  }
  return response
}

/** An upstream that is a KrakenD itself sends the same headers: the gateway's own come first. */
function addOwn(response: Response, version: string, complete = false): Response {
  const { headers } = response
  prepend(headers, VERSION, version)
  prepend(headers, COMPLETED, complete ? 'true' : 'false')
  return response
}

function prepend(headers: Headers, name: string, value: string): void {
  const theirs = headers.get(name)
  headers.set(name, theirs === null ? value : `${value}, ${theirs}`)
}
