/** Makes the backend's own request: query filter, url_pattern, host, header filter (proxy/RULES.md §1 a, b, d, e). */
import { fail, NO_HOSTS } from '../errors.ts'
import type { CreateStage, Failure, Fetch, GatewayRequest, HeaderMap, Params, Platform, Query } from '../types.ts'
import { addressProblem, encodeQuery, isPlainInPath, parseAddress } from '../url.ts'
import { pickOne } from './pick.ts'

export interface PrepareOptions {
  /** Empty: the client's. */
  method: string
  /** Origins, or whatever text disable_host_sanitize lets stand; `service://NAME` is a binding. */
  hosts: readonly string[]
  /** Literals, and names of parameters in lists of one. */
  pattern: readonly (string | readonly [parameter: string])[]
  /** The literals need no rewriting and parameters stand in the path: what is plain can be put in as it is. */
  plain: boolean
  /** input_headers of the backend in lower case, input_query_strings; null: all that the endpoint lets through. */
  headers: readonly string[] | null
  query: readonly string[] | null
  /** The binding that https hosts are called through: it presents a certificate. */
  tls: string | null
}

interface Target {
  base: string
  fetch: Fetch
}

export const backend: CreateStage<'backend', PrepareOptions> = (options, { platform }) => {
  const fill = createPattern(options)
  const call = options.tls === null ? platform.fetch : bindingFetch(options.tls, platform, 'client_tls')
  const own = options.hosts.map((host) => createTarget(host, platform, call))
  // Of hosts that discovery found, or that a stage has chosen.
  const targetOf = (host: string): Target => own[options.hosts.indexOf(host)] ?? { base: host, fetch: call }
  return (next) => (request, ctx) => {
    const target = request.hosts ? targetOf(pickOne(request.hosts)!) : pickOne(own)
    if (!target) return Promise.resolve(fail(NO_HOSTS))
    const path = fill(request.params)
    if (path.escapes) return Promise.resolve(fail(badAddress(target.base + path.text)))
    const address = path.plain ? target.base + path.text : parseAddress(target.base + path.text)
    // Go sends a blank of the query as it is, and no server takes such a request.
    if (address === null || (!path.plain && address.includes(' '))) return Promise.resolve(fail(badAddress(target.base + path.text)))
    const query = options.query ? pick(request.query, options.query) : request.query
    const prepared: GatewayRequest = {
      incoming: request.incoming,
      method: options.method || request.method,
      params: request.params,
      headers: options.headers ? pick(request.headers, options.headers) : request.headers,
      query,
      body: request.body,
      hosts: request.hosts,
      path: path.text,
      url: query.size ? `${address}${address.includes('?') ? '&' : '?'}${encodeQuery(query)}` : address,
      fetch: target.fetch,
    }
    return next(prepared, ctx)
  }
}

const badAddress = (text: string): Failure => ({ kind: 'url', message: `parse ${JSON.stringify(text).replace(/\\u00(?=[01])/g, String.raw`\x`)}: ${addressProblem(text)}` })

function pick<M extends HeaderMap | Query>(from: M, names: readonly string[]): M {
  const picked = new Map<string, unknown>()
  for (const name of names) {
    const value = from.get(name)
    if (value !== undefined) picked.set(name, value)
  }
  return picked as M
}

interface Filled {
  text: string
  plain: boolean
  /** A parameter brought a segment of dots, which fetch would resolve. */
  escapes: boolean
}
const DOTS = /\/(?:\.|%2e){1,2}(?:[/?#]|$)/i

/** Fills the pattern. Parameters that a request does not have leave `{{.Name}}`, as in KrakenD. */
function createPattern({ pattern, plain }: PrepareOptions): (params: Params) => Filled {
  const [only] = pattern
  if (pattern.length === 1 && typeof only === 'string') {
    const filled = { text: only, plain, escapes: false }
    return () => filled
  }
  return (params) => {
    let text = ''
    let stillPlain = plain
    let dotted = false
    for (const part of pattern) {
      if (typeof part === 'string') text += part
      else {
        const value = params.get(part[0]) ?? `{{.${part[0]}}}`
        stillPlain &&= isPlainInPath(value)
        dotted ||= value.includes('.') || value.includes('%')
        text += value
      }
    }
    return { text, plain: stillPlain, escapes: dotted && DOTS.test(text) }
  }
}

const SERVICE = 'service://'

/** `service://NAME`: a service binding, or where the platform has none, the address in the environment's NAME. */
function createTarget(host: string, platform: Platform, call: Fetch): Target {
  if (!host.startsWith(SERVICE)) return { base: host, fetch: host.startsWith('https:') ? call : platform.fetch }
  const name = host.slice(SERVICE.length)
  const binding = platform.binding(name)
  if (typeof binding === 'string') return { base: binding.replace(/\/$/, ''), fetch: platform.fetch }
  return { base: `http://${name.toLowerCase()}`, fetch: bindingFetch(name, platform, host) }
}

function bindingFetch(name: string, platform: Platform, wantedBy: string): Fetch {
  const binding = platform.binding(name)
  if (isFetcher(binding)) return (url, init) => binding.fetch(url, init)
  const missing: Failure = { kind: 'network', message: `${wantedBy}: nothing is bound to ${name}` }
  return () => Promise.reject(missing)
}

const isFetcher = (value: unknown): value is { fetch: Fetch } => typeof value === 'object' && value !== null && 'fetch' in value
