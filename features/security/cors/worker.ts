/** Answers to preflights, and headers that let pages of other origins read the rest (security/RULES.md, security/cors; rs/cors). */
import { prepend } from '../../../worker/prepend.ts'
import { recover } from '../../../worker/recover.ts'
import { VERSION } from '../../../worker/render/writer.ts'
import type { CreateRespond, CreateStage, Incoming, Platform, Serve } from '../../../worker/types.ts'

export interface Policy {
  /** null: any. In small letters; `*` is cut out of those with one. */
  origins: { exact: readonly string[]; around: readonly (readonly [before: string, behind: string])[] } | null
  methods: readonly string[]
  /** null: any. In small letters, sorted. */
  headers: readonly string[] | null
  /** Access-Control-Expose-Headers; empty: none. */
  expose: string
  credentials: boolean
  privateNetwork: boolean
  maxAge: string | null
  /** The router answers preflights too. */
  passthrough: boolean
  /** Of preflights. */
  status: number
}

export const service: CreateStage<'service', Policy> = (policy, { platform }) => (next) => {
  const actual = createActual(policy, platform, next)
  return (incoming, ctx) => {
    if (!isPreflight(incoming)) return actual(incoming, ctx)
    if (!policy.passthrough) return Promise.resolve(grant(new Response(null, { status: policy.status }), incoming.headers, policy))
    return recover(platform, next)(incoming, ctx).then((answer) => grant(answer, incoming.headers, policy))
  }
}

/** An endpoint's own policy, for all but preflights. */
export const endpoint: CreateStage<'endpoint', Policy> =
  (policy, { platform }) =>
  (next) =>
    createActual(policy, platform, next)

/** OPTIONS of a path whose endpoints have policies of their own, by method. */
export const respond: CreateRespond<{ allow: string; methods: { readonly [method: string]: Policy } }> = ({ allow, methods }, { site }) => (incoming) => {
  const policy = isPreflight(incoming) ? methods[incoming.headers.get(REQUEST_METHOD)!] : undefined
  const plain = new Response(null, { headers: { allow, vary: 'Origin', [VERSION]: site.service.version } })
  if (!policy) return Promise.resolve(plain)
  return Promise.resolve(grant(policy.passthrough ? plain : new Response(null, { status: policy.status }), incoming.headers, policy))
}

const REQUEST_METHOD = 'access-control-request-method'
const REQUEST_HEADERS = 'access-control-request-headers'
const REQUEST_PRIVATE = 'access-control-request-private-network'
const ALLOW_ORIGIN = 'access-control-allow-origin'
const ALLOW_CREDENTIALS = 'access-control-allow-credentials'
const ALLOW_PRIVATE = 'access-control-allow-private-network'

const isPreflight = ({ method, headers }: Incoming): boolean => method === 'OPTIONS' && Boolean(headers.get(REQUEST_METHOD))

/** Requests that are no preflight are never refused; refusals and failures have the headers too. */
function createActual(policy: Policy, platform: Platform, next: Serve): Serve {
  const handle = recover(platform, next)
  const expose = platform.toField(policy.expose)
  return async (incoming, ctx) => {
    // Read first: scripts within may change them.
    const origin = incoming.headers.get('origin')
    const answer = await handle(incoming, ctx)
    prepend(answer, 'vary', 'Origin')
    if (!origin || !isAllowedOrigin(origin, policy) || !isAllowedMethod(incoming.method, policy)) return answer
    prepend(answer, ALLOW_ORIGIN, policy.origins ? origin : '*')
    if (expose) prepend(answer, 'access-control-expose-headers', expose)
    if (policy.credentials) prepend(answer, ALLOW_CREDENTIALS, 'true')
    return answer
  }
}

/** What a preflight is told: nothing but Vary where anything about it is not allowed. */
function grant(answer: Response, asked: Headers, policy: Policy): Response {
  const vary = 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers'
  prepend(answer, 'vary', policy.privateNetwork ? `${vary}, Access-Control-Request-Private-Network` : vary)
  const origin = asked.get('origin')
  const method = asked.get(REQUEST_METHOD)!
  const names = asked.get(REQUEST_HEADERS)
  if (!origin || !isAllowedOrigin(origin, policy) || !isAllowedMethod(method, policy) || !areAllowedHeaders(names ?? '', policy)) return answer
  prepend(answer, ALLOW_ORIGIN, policy.origins ? origin : '*')
  prepend(answer, 'access-control-allow-methods', method)
  if (names) prepend(answer, 'access-control-allow-headers', names)
  if (policy.credentials) prepend(answer, ALLOW_CREDENTIALS, 'true')
  if (policy.privateNetwork && asked.get(REQUEST_PRIVATE) === 'true') prepend(answer, ALLOW_PRIVATE, 'true')
  if (policy.maxAge !== null) prepend(answer, 'access-control-max-age', policy.maxAge)
  return answer
}

function isAllowedOrigin(written: string, { origins }: Policy): boolean {
  if (!origins) return true
  const origin = written.toLowerCase()
  return origins.exact.includes(origin) || origins.around.some(([before, behind]) => origin.length >= before.length + behind.length && origin.startsWith(before) && origin.endsWith(behind))
}

const isAllowedMethod = (method: string, { methods }: Policy): boolean => method === 'OPTIONS' || methods.includes(method)

const MAX_EMPTY = 16

/** Browsers send them in small letters, sorted, each once; one blank may stand around each. Whoever does not is no browser. */
function areAllowedHeaders(written: string, { headers }: Policy): boolean {
  if (!headers || written === '') return true
  let last = -1
  let empty = 0
  for (const item of written.split(',')) {
    const name = item.replace(/^[ \t]/, '').replace(/[ \t]$/, '')
    if (name === '') {
      if (++empty > MAX_EMPTY) return false
      continue
    }
    const at = headers.indexOf(name)
    if (at <= last) return false
    last = at
  }
  return true
}
