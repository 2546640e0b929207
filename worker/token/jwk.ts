/** Key sets as KrakenD reads them (security/RULES.md, auth/validator: key sets). One bad key spoils the whole set. */
import { isBase64Url } from './base64.ts'

export interface Jwk {
  readonly kty: string
  readonly [member: string]: unknown
}
/** A key of a set. Its text tells whether it is still the same one after the next download. */
export interface Key {
  text: string
  jwk: Jwk
}
/** By which members of a token's header a key is found. */
export type Strategy = 'kid' | 'x5t' | 'x5t#S256' | 'kid_x5t'

const CURVES = new Set(['P-256', 'P-384', 'P-521'])

/** Throws where KrakenD refuses the set. */
export function parseKeySet(text: string): Key[] {
  const { keys } = Object(JSON.parse(text)) as { keys?: unknown }
  if (!Array.isArray(keys) || !keys.length) throw new Error('the key set has no keys')
  return (keys as unknown[]).map((jwk) => {
    if (!isJwk(jwk)) throw new Error(`a key of the set is not usable: ${describe(jwk)}`)
    return { text: JSON.stringify(jwk), jwk }
  })
}

/** Names the key, and shows nothing of what may be secret. */
const describe = (jwk: unknown): string => JSON.stringify(jwk, ['kty', 'crv', 'kid'])

function isJwk(value: unknown): value is Jwk {
  const { kty, crv, kid, n, e, x, y, k } = Object(value) as { [member: string]: unknown }
  if (kid !== undefined && kid !== null && typeof kid !== 'string') return false
  if (kty === 'RSA') return isNumber(n) && isNumber(e)
  if (kty === 'EC') return CURVES.has(crv as string) && isNumber(x) && isNumber(y)
  if (kty === 'OKP') return crv === 'Ed25519' && isNumber(x)
  return kty === 'oct' && isNumber(k)
}

const isNumber = (value: unknown): boolean => typeof value === 'string' && value !== '' && isBase64Url(value.replace(/=+$/, ''))

/** What a set calls its key; `` for a key without. */
export const idOfKey = (strategy: Strategy, { jwk }: Key): string => joinId(strategy, textOf(jwk.kid), trimmed(jwk.x5t), trimmed(jwk['x5t#S256']))

/** What a token calls its key: where it has no thumbprint, its kid is taken for one. */
export function idOfToken(strategy: Strategy, header: { readonly [member: string]: unknown }): string {
  const kid = textOf(header.kid)
  return joinId(strategy, kid, trimmed(header.x5t) || kid, trimmed(header['x5t#S256']) || kid)
}

function joinId(strategy: Strategy, kid: string, sha1: string, sha256: string): string {
  if (strategy === 'kid') return kid
  if (strategy === 'kid_x5t') return kid + sha1
  return strategy === 'x5t' ? sha1 : sha256
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
const trimmed = (value: unknown): string => textOf(value).replace(/=+$/, '')
