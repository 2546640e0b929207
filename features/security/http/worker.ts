/** Which hosts are served, the way to https, and headers that keep browsers careful (security/RULES.md, security/http; unrolled/secure). */
import { movedPermanently } from '../../../worker/moved.ts'
import { prepend } from '../../../worker/prepend.ts'
import { createTest } from '../../../worker/regexp/automaton.ts'
import type { RegexpProgram } from '../../../worker/regexp/program.ts'
import type { CreateStage, Incoming, Made, Serve } from '../../../worker/types.ts'
import { parseAddress } from '../../../worker/url.ts'

export interface Options {
  /** In small letters, or as patterns; null: any. */
  hosts: readonly string[] | readonly RegexpProgram[] | null
  /** Where the host stands behind a proxy; the first that is there counts. */
  hostHeaders: readonly string[]
  /** null: http stays http. Empty: on the same host. */
  redirect: string | null
  /** Headers by which a proxy says that the client came by https. */
  secure: readonly (readonly [name: string, value: string])[]
  /** Strict-Transport-Security, and whether it is sent over http too. */
  transport: { value: string; always: boolean } | null
  headers: readonly (readonly [name: string, value: string])[]
  /** Content-Security-Policy around its nonces; null: none. */
  policy: readonly string[] | null
}

const createGuard = (options: Options, { platform: { toField } }: Made): ((next: Serve) => Serve) => {
  const isAllowed = createHostCheck(options.hosts)
  const headers = options.headers.map(([name, value]) => [name, toField(value)] as const)
  const policy = options.policy?.map(toField)
  return (next) => async (incoming, ctx) => {
    const host = hostOf(incoming, options.hostHeaders)
    if (!isAllowed(host)) return badHost()
    const secure = isSecure(incoming, options.secure)
    if (options.redirect !== null && !secure) return movedPermanently(incoming.method, secureAddress(incoming, options.redirect || host), toField)
    const answer = await next(incoming, ctx)
    for (const [name, value] of headers) prepend(answer, name, value)
    const { transport } = options
    if (transport && (secure || transport.always)) prepend(answer, 'strict-transport-security', transport.value)
    if (policy) prepend(answer, 'content-security-policy', policy.length > 1 ? policy.join(`'nonce-${createNonce()}'`) : policy[0]!)
    return answer
  }
}

export const route: CreateStage<'route', Options> = createGuard
export const endpoint: CreateStage<'endpoint', Options> = createGuard

function createHostCheck(hosts: Options['hosts']): (host: string) => boolean {
  if (!hosts) return () => true
  const names = hosts.filter((host) => typeof host === 'string')
  const patterns = hosts.filter((host) => typeof host !== 'string').map(createTest)
  return (host) => names.includes(host.toLowerCase()) || patterns.some((found) => found(host))
}

const hostOf = ({ headers }: Incoming, names: readonly string[]): string => {
  for (const name of names) {
    const value = headers.get(name)
    if (value) return value
  }
  return headers.get('host') ?? ''
}

const isSecure = ({ raw, headers }: Incoming, by: Options['secure']): boolean => raw.url.startsWith('https:') || by.some(([name, value]) => (headers.get(name) ?? '') === value)

/** The requested path and query as they were sent. */
function secureAddress({ raw: { url } }: Incoming, host: string): string {
  const start = url.indexOf('/', url.indexOf('://') + 3)
  const address = `https://${host}${start < 0 ? '/' : url.slice(start)}`
  return parseAddress(address) ?? address
}

const badHost = (): Response => new Response('Bad Host\n', { status: 500, headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' } })

/** 16 random bytes in base64 without padding. */
const createNonce = (): string => btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16)))).replaceAll('=', '')
