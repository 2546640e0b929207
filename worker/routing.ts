/** From a path to its endpoint, or to KrakenD's redirects, 405 and 404 (routing/RULES.md §1, §3). */
import { assembleEndpoint, assembleLayer } from './assemble.ts'
import { movedPermanently } from './moved.ts'
import { once } from './pipeline.ts'
import { COMPLETED, VERSION } from './render/writer.ts'
import { cleanPath, createTree, fixPath, insert, lookup, type Lookup, type Node, type Skipped } from './router.ts'
import type { EndpointPlan, Enter, Handler, Incoming, Json, Platform, Program, RouterOptions, Row, ServiceOptions, Site, Uses, Wildcards } from './types.ts'
import { badEscape, escapePath, unescape } from './url.ts'

interface Route {
  path: string
  /** Names of the path's parameters, as KrakenD has them. */
  names: readonly string[]
  handler: () => Handler<'route'>
}

/** One tree a method; an endpoint is built on its first request. */
export function createRouting(program: Program, uses: Uses, platform: Platform): Handler<'service'> {
  const { router } = program.service
  const trees = new Map<string, Node>()
  const wild = program.wildcards ? uses[program.wildcards[0]]!.wildcards!() : null
  const routes = program.rows.map((row, i): Route => {
    const [method, path] = row
    let tree = trees.get(method)
    if (!tree) trees.set(method, (tree = createTree()))
    if (wild && path.endsWith('/*')) wild.insert(method, path, i)
    else insert(tree, path, i)
    return { path, names: namesOf(path), handler: once(() => createRoute(program, row, uses, platform, around)) }
  })
  const around = createAround(program, uses, platform)
  const refuse = (values: readonly string[]): Response | null => (values.length && router.checkParams ? checkParams(values) : null)
  const enter: Enter = ({ endpoint, values }, incoming, ctx) => {
    const refused = refuse(values)
    if (refused) return Promise.resolve(refused)
    const { path, names, handler } = routes[endpoint]!
    incoming.route = path
    if (names.length) incoming.params = new Map(names.map((name, i) => [name, values[i]!]))
    return handler()(incoming, ctx)
  }
  const allowedFor = createAllowed(trees, wild, router)
  const allow = createAllow(allowedFor)
  const toMiss = around(createMiss(allowedFor, program.service))
  const missed: Handler<'route'> = async (incoming, ctx) => allow(incoming, await toMiss(incoming, ctx))
  const miss = wild ? wild.orRest(missed, enter) : missed
  return (incoming, ctx) => {
    const path = router.removeExtraSlash ? cleanPath(incoming.path) : incoming.path
    const tree = trees.get(incoming.method)
    const exact = tree ? lookup(tree, path) : NOTHING
    const found = wild && exact.endpoint < 0 ? wild.orBelow(exact, incoming.method, path) : exact
    if (found.endpoint >= 0) return enter(found, incoming, ctx)
    const redirect = tree && path !== '/' ? redirectOf(incoming, tree, found.otherSlash, router, platform) : null
    if (redirect) return Promise.resolve(redirect)
    const refused = refuse(found.values)
    return refused ? Promise.resolve(allow(incoming, refused)) : miss(incoming, ctx)
  }
}
const NOTHING: Lookup = { endpoint: -1, values: [], otherSlash: false }

/** Puts the route layer around what is found. It is made once for all endpoints: its limits count them together. */
function createAround(program: Program, uses: Uses, platform: Platform): (handler: Handler<'route'>) => Handler<'route'> {
  if (!program.routed.length) return (handler) => handler
  const found = new WeakMap<Incoming, Handler<'route'>>()
  const site: Site = { service: program.service, method: '', path: '' }
  const layer = assembleLayer('route', program.routed, uses, platform, site, (incoming, ctx) => found.get(incoming)!(incoming, ctx))
  return (handler) => (incoming, ctx) => {
    found.set(incoming, handler)
    return layer(incoming, ctx)
  }
}

function createRoute(program: Program, row: Row, uses: Uses, platform: Platform, around: (handler: Handler<'route'>) => Handler<'route'>): Handler<'route'> {
  const [method, path] = row
  const site: Site = { service: program.service, method, path }
  const plan = planOf(program, row)
  const endpoint = assembleEndpoint(plan, uses, platform, site)
  const handler: Handler<'route'> = (incoming, ctx) => endpoint(incoming, ctx)
  return plan.outside ? handler : around(handler)
}

/** KrakenD's names of a gin path's parameters: the first letter in upper case. What a wildcard stands for is `*`. */
function namesOf(path: string): string[] {
  if (!/[:*]/.test(path)) return []
  return [...path.matchAll(/:([^/]+)|\*$/g)].map(([, name = '*']) => name[0]!.toUpperCase() + name.slice(1))
}

/** Fills the holes of a kind with the row's values (compiler/emit/rows.ts digs them). */
export function planOf({ kinds }: Pick<Program, 'kinds'>, [, , kind, ...values]: Row): EndpointPlan {
  const fill = (json: Json): Json => {
    if (Array.isArray(json)) return json.map(fill)
    if (typeof json !== 'object' || json === null) return json
    const { $: hole } = json as { $?: number }
    return typeof hole === 'number' ? values[hole]! : Object.fromEntries(Object.entries(json).map(([key, item]) => [key, fill(item)]))
  }
  return fill(kinds[kind]!) as unknown as EndpointPlan
}

/** `?` and `#` would end the path; a segment of dots fetch would resolve, and so leave the path that the pattern is for. */
const DOUBTFUL = /[?#]|(?:^|\/)\.{1,2}(?:\/|$)/

/** A parameter that changes when it is decoded once more, or could change the upstream's address, is refused. */
function checkParams(values: readonly string[]): Response | null {
  for (const value of values) {
    const decoded = unescape(value)
    if (decoded === value && !DOUBTFUL.test(value)) continue
    const reason = decoded === null ? `invalid URL escape ${badEscape(value)}` : 'encoded url params'
    return new Response(`error: ${reason}`, { status: 400, headers: { 'content-type': 'text/plain; charset=utf-8' } })
  }
  return null
}

/** gin names the methods that would do before it asks anyone: who is refused on the way to a 405 is told too. */
const createAllow =
  (allowedFor: Allowed) =>
  (incoming: Incoming, answer: Response): Response => {
    const allowed = answer.status === 404 ? [] : allowedFor(incoming)
    if (allowed.length) answer.headers.set('allow', allowed.join(', '))
    return answer
  }

/** 405, or 404. */
function createMiss(allowedFor: Allowed, { version, router }: ServiceOptions): Handler<'route'> {
  const write = (status: number, text: string, own: string | null): Response => {
    const type = own === null ? 'text/plain' : 'application/json; charset=utf-8'
    return new Response(own ?? text, { status, headers: { 'content-type': type, [VERSION]: version, [COMPLETED]: 'false' } })
  }
  return (incoming) => {
    const allowed = allowedFor(incoming)
    if (!allowed.length) return Promise.resolve(write(404, '404 page not found', router.notFound))
    return Promise.resolve(write(405, '405 method not allowed', router.notAllowed))
  }
}

/** Methods that the path has, where the requested one is not among them. */
type Allowed = (incoming: Incoming) => string[]
const createAllowed = (trees: ReadonlyMap<string, Node>, wild: Wildcards | null, router: RouterOptions): Allowed => ({ method, path: requested }) => {
  if (!router.methodNotAllowed) return []
  const path = router.removeExtraSlash ? cleanPath(requested) : requested
  const leftover: Skipped[] = []
  const own = trees.get(method)
  if (own) lookup(own, path, leftover)
  const exact = [...trees].filter(([other, tree]) => other !== method && lookup(tree, path, leftover).endpoint >= 0).map(([other]) => other)
  return wild ? wild.allowed(exact, path) : exact
}

/** gin's redirects: to the path with or without a slash at its end, then to the registered spelling, which may be the path itself. null: neither. */
function redirectOf(incoming: Incoming, tree: Node, otherSlash: boolean, router: RouterOptions, { toField }: Platform): Response | null {
  const { path, search, method, headers, raw } = incoming
  let target: string | null = null
  if (otherSlash && router.trailingSlash) target = switchSlash(forwardedPrefix(headers.get('x-forwarded-prefix')) + path)
  else if (router.fixedPath) target = fixPath(tree, cleanPath(path))
  if (target === null) return null
  // Go keeps an empty query too (net/url, ForceQuery).
  const location = locationOf(target) + (search || raw.url.endsWith('?') ? `?${search}` : '')
  if (method !== 'GET') return new Response(null, { status: 307, headers: { location: toField(location) } })
  return movedPermanently(method, location, toField)
}

const switchSlash = (path: string): string => (path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : `${path}/`)

/** X-Forwarded-Prefix, as gin cleans it, with a slash behind it. */
function forwardedPrefix(header: string | null): string {
  if (!header) return ''
  const clean = cleanPath(header).replace(/(.)\/$/, '$1').slice(header.startsWith('/') ? 0 : 1)
  const kept = clean.replace(/[^A-Za-z0-9/-]/g, '').replace(/\/{2,}/g, '/')
  return kept && `${kept}/`
}

/** As Go's http.Redirect writes a path: cleaned, unless its two slashes make a host of what follows, and below itself where it has no first slash. */
function locationOf(target: string): string {
  const escaped = escapePath(target)
  if (/^\/\/[^/]/.test(escaped)) return escaped
  const rooted = escaped.startsWith('/')
  const whole = rooted ? escaped : escapePath(target.slice(0, target.lastIndexOf('/') + 1)) + escaped
  const clean = cleanPath(whole).replace(/\/$/, '') + (whole.endsWith('/') ? '/' : '')
  return clean.slice(rooted || !whole ? 0 : 1) || '/'
}
