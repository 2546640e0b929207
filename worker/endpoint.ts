/** The innermost of the endpoint layer: a request goes to the proxy, its outcome is written (proxy/RULES.md §1, routing/RULES.md §6). */

import { fail, isOverflow, toFailure, told } from './errors.ts'
import { type BodyLimits, readRequestBody } from './request-body.ts'
import type { Context, CreateRespond, Failure, GatewayRequest, HeaderMap, Incoming, Made, Outcome, Outside, Query, RequestBody, Use } from './types.ts'
import { peek } from './peek.ts'
import { parseQuery } from './url.ts'
import { COMPLETED, VERSION } from './render/writer.ts'

export interface RespondOptions {
  timeoutMs: number
  /** The request's body is read whole before anything else; null: it streams. */
  body: BodyLimits | null
  /** input_headers in lower case; null: all of them. */
  headers: readonly string[] | null
  /** input_query_strings; null: all of them. */
  query: readonly string[] | null
  render: Use
  /** What writes return_error_msg's text; null: errors have no body. */
  errorText: Use | null
  /** What writes the answer of a whole outcome instead; null: those two. */
  answer: Use | null
}

export const respond: CreateRespond<RespondOptions> = (options, made, proxy) => {
  const render = made.render(options.render)
  const readHeaders = createHeaderReader(options.headers, made.site.service.product)
  const readQuery = createQueryReader(options.query)
  const writeFailure = createFailureWriter(made, options.errorText)
  const write = options.answer ? made.answer(options.answer) : ({ answer, errors }: Outcome, incoming: Incoming) => (answer || errors.length === 0 ? render(answer, incoming) : writeFailure(errors))
  const report = (errors: readonly Failure[]): void => {
    for (const error of errors) made.platform.log('error', `${made.site.method} ${made.site.path}: ${told(error)}`)
  }
  const refuse = (error: unknown, incoming: Incoming): Response | Promise<Response> => {
    const failure = toFailure(error)
    report([failure])
    return write(fail(failure), incoming)
  }
  const forward = async (incoming: Incoming, ctx: Outside, body: RequestBody): Promise<Response> => {
    const deadline = made.platform.startDeadline(options.timeoutMs)
    const inner: Context = { env: ctx.env, trace: ctx.trace, waitUntil: ctx.waitUntil, deadline, slots: null }
    const request: GatewayRequest = {
      incoming,
      method: incoming.method,
      params: incoming.params,
      headers: readHeaders(incoming),
      query: readQuery(incoming),
      body,
      hosts: null,
      path: '',
      url: '',
      fetch: made.platform.fetch,
    }
    try {
      const outcome = await proxy(request, inner)
      report(outcome.errors)
      // Its body may still be on its way, and is cut when the time is up.
      if (outcome.answer?.body.kind === 'raw') made.platform.whenSent?.(ctx.env, () => deadline.clear())
      else deadline.clear()
      return write(outcome, incoming)
    } catch (error) {
      if (!isOverflow(error)) throw error
      deadline.clear()
      return refuse(error, incoming)
    }
  }
  const limits = options.body
  if (!limits) return (incoming, ctx) => {
    const body = bodyOf(incoming)
    return body && !isFramed(incoming.headers) ? peek(body).then((peeked) => forward(incoming, ctx, peeked && peeked.body)) : forward(incoming, ctx, body)
  }
  return async (incoming, ctx) => {
    let body: RequestBody = null
    try {
      const bytes = bodyOf(incoming) && (await readRequestBody(incoming.raw, limits))
      if (bytes?.length) body = bytes
    } catch (error) {
      return refuse(error, incoming)
    }
    return forward(incoming, ctx, body)
  }
}

/**
 * A GET has no body to forward: RFC 9110 gives it no meaning, fetch sends none, and ends that read it differently are how requests
 * are smuggled. A body of no bytes is none either: redirects of POSTs without one are followed.
 */
function bodyOf({ raw, method, headers }: Incoming): ReadableStream<Uint8Array<ArrayBuffer>> | null {
  if (method === 'GET' || method === 'HEAD') return null
  return raw.body && headers.get('content-length') !== '0' ? raw.body : null
}

/** HTTP/1.1 says that a request has a body. Deno has one for each POST, so where nobody says it, it is looked at. */
const isFramed = (headers: Headers): boolean => headers.has('content-length') || headers.has('transfer-encoding')

/** Never forwarded: the connection's own, and Host, which is the upstream's. */
const NOT_FORWARDED = new Set(['host', 'connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'te', 'trailer', 'upgrade', 'expect'])

function createHeaderReader(names: readonly string[] | null, product: string): (incoming: Incoming) => HeaderMap {
  const listed = names?.filter((name) => !NOT_FORWARDED.has(name))
  return (incoming) => {
    const { headers } = incoming
    const map: HeaderMap = new Map()
    if (listed) {
      for (const name of listed) {
        const value = headers.get(name)
        if (value !== null) map.set(name, value)
      }
    } else for (const [name, value] of headers) if (!NOT_FORWARDED.has(name)) map.set(name, value)
    map.set('x-forwarded-for', incoming.clientIp())
    map.set('x-forwarded-host', headers.get('host') ?? '')
    if (map.has('user-agent')) map.set('x-forwarded-via', product)
    else map.set('user-agent', product)
    return map
  }
}

const NO_QUERY: Query = new Map()

function createQueryReader(names: readonly string[] | null): (incoming: Incoming) => Query {
  if (names?.length === 0) return () => NO_QUERY
  return ({ search }) => {
    if (search === '') return NO_QUERY
    const query = parseQuery(search)
    if (!names) return query
    const listed: Query = new Map()
    for (const name of names) {
      const values = query.get(name)
      if (values) listed.set(name, values)
    }
    return listed
  }
}

/** A script may end a request with one of these. */
const BODILESS = new Set([204, 205, 304])

/** No answer at all: 500 or the error's own status, and no body unless the service says return_error_msg. */
function createFailureWriter({ site: { service }, errorText }: Made, use: Use | null): (errors: readonly Failure[]) => Response {
  const describe = use ? errorText(use) : null
  return (errors) => {
    const headers = new Headers({ [VERSION]: service.version, [COMPLETED]: 'false' })
    const status = errors.length === 1 ? (errors[0]!.status ?? 500) : 500
    const [{ body, type: own }] = errors as [Failure]
    const { text, type } = errors.length === 1 && body !== undefined ? { text: body, type: body === '' ? null : (own ?? null) } : (describe?.(errors) ?? { text: '', type: null })
    if (type) headers.set('content-type', type)
    // Where KrakenD crashes, gin answers for it.
    if (errors.some(({ kind }) => kind === 'panic')) return new Response(null, { status: 500, headers: { [VERSION]: service.version } })
    return new Response(BODILESS.has(status) ? null : text || null, { status, headers })
  }
}
