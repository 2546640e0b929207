/**
 * 401 without a good token, 403 without the right roles or scopes; then claims become headers and parameters (security/RULES.md,
 * auth/validator). The order of the checks is KrakenD's: signature, time and names, revocation, expressions, roles, scopes.
 */
import { refused } from '../../../worker/errors.ts'
import { areValid, claimAt, type Expected, hasRole, hasScopes } from '../../../worker/token/claims.ts'
import { createRejecter, type RevokerOptions } from '../../../worker/token/revoked.ts'
import { NOT_IN_HEADERS } from '../../../worker/header-value.ts'
import { createKeySource, type KeySource, type KeySourceOptions, prefetch } from '../../../worker/token/key-source.ts'
import { idOfToken, type Strategy } from '../../../worker/token/jwk.ts'
import { andThen, type Later } from '../../../worker/token/later.ts'
import { locateToken } from '../../../worker/token/locate.ts'
import type { Token } from '../../../worker/token/parse.ts'
import { createPropagation, type PropagationOptions } from '../../../worker/token/propagate.ts'
import { readSigned } from '../../../worker/token/verify.ts'
import type { CreateStage, CreateStart, Incoming, JsonObject, Made, Outside } from '../../../worker/types.ts'

export interface Options {
  alg: string
  /** By issuer, or one for every issuer under ''. null: nobody gets in. */
  keys: { readonly [issuer: string]: KeySourceOptions } | null
  strategy: Strategy
  /** '' is one that no request has. */
  header: string
  cookie: string
  expected: Expected
  revoker: RevokerOptions | null
  /** Names of compiled expressions about the token. */
  expressions: readonly string[]
  roles: { path: readonly string[]; names: readonly string[] } | null
  scopes: { path: readonly string[]; names: readonly string[]; all: boolean } | null
  propagation: PropagationOptions
}

export const endpoint: CreateStage<'endpoint', Options> = (options, made) => {
  if (!options.keys) return () => () => Promise.resolve(refused(401))
  const readClaims = createReader(options, made)
  const statusOf = createChecks(options, made)
  const propagate = createPropagation(options.propagation, made.platform)
  return (next) => (incoming, ctx) => {
    const admit = (claims: JsonObject) => (status: number): Promise<Response> => {
      if (status) return Promise.resolve(refused(status))
      propagate(incoming, claims)
      return next(incoming, ctx)
    }
    try {
      return Promise.resolve(andThen(readClaims(incoming, ctx), (claims): Later<Response> => (claims ? andThen(statusOf(claims, ctx), admit(claims)) : refused(401))))
    } catch (error) {
      return Promise.reject(error instanceof Error ? error : new Error(String(error)))
    }
  }
}

/** Key sets are downloaded before tokens ask for them. */
export const start: CreateStart<KeySourceOptions> = (options, made) => (ctx) => (options.kind === 'url' ? prefetch(options, made, ctx) : Promise.resolve())

/** A claim that would end its header's line: the request fails, as it does in KrakenD. */
export const proxy: CreateStage<'proxy', { headers: readonly string[] }> = ({ headers }) => (next) => (request, ctx) => {
  for (const name of headers) {
    const value = request.headers.get(name)
    if (value !== undefined && NOT_IN_HEADERS.test(value)) return Promise.resolve({ answer: null, errors: [{ kind: 'refused', message: `net/http: invalid header field value for ${JSON.stringify(name)}` }] })
  }
  return next(request, ctx)
}

/** Claims of a token that is signed and valid. */
function createReader({ alg, keys, strategy, header, cookie, expected }: Options, made: Made): (incoming: Incoming, ctx: Outside) => Later<JsonObject | null> {
  const sources = new Map(Object.entries(keys!).map(([issuer, source]) => [issuer, createKeySource(source, strategy, made)] as const))
  const only = sources.get('')
  return (incoming, ctx) => {
    const text = locateToken(incoming, header, cookie)
    if (text === null) return null
    let asked: { source: KeySource; id: string } | null = null
    const find = (token: Token): ReturnType<KeySource['find']> => {
      const source = only ?? sources.get(token.issuer())
      asked = source ? { source, id: idOfToken(strategy, token.header) } : null
      return source && asked ? source.find(asked.id, ctx) : null
    }
    return andThen(readSigned(text, alg, find), (claims) => {
      if (!claims || !areValid(claims, expected, made.platform.now())) return null
      // Without a cache KrakenD downloads once more for the claims: a key that is gone by then opens nothing.
      return asked!.source.asksTwice ? andThen(asked!.source.find(asked!.id, ctx), (key) => key && claims) : claims
    })
  }
}

/** 0: all is well. */
function createChecks({ revoker, expressions, roles, scopes }: Options, made: Made): (claims: JsonObject, ctx: Outside) => Later<number> {
  const isRevoked = revoker && createRejecter(revoker, made)
  const hold = expressions.map((name) => made.code(name) as (claims: JsonObject, nowMs: number) => boolean)
  const statusOf = (claims: JsonObject): number => {
    if (!hold.every((holds) => isTrue(holds, claims, made.platform.now()))) return 401
    if (roles && !hasRole(claimAt(claims, roles.path), roles.names)) return 403
    return scopes && !hasScopes(claimAt(claims, scopes.path), scopes) ? 403 : 0
  }
  if (!isRevoked) return statusOf
  return (claims, ctx) => andThen(isRevoked(claims, ctx), (revoked) => (revoked ? 401 : statusOf(claims)))
}

function isTrue(holds: (claims: JsonObject, nowMs: number) => unknown, claims: JsonObject, nowMs: number): boolean {
  try {
    return holds(claims, nowMs) === true
  } catch {
    return false
  }
}
