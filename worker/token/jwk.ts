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

const isText = (value: unknown): boolean => typeof value === 'string'
const isBytes = (value: unknown): boolean => typeof value === 'string' && isBase64Url(unpadded(value))
/** A hash, or its hexadecimal digits. */
const isThumbprint = (size: number) => (value: unknown): boolean => isBytes(value) && [0, size, 2 * size].includes(Math.floor((unpadded(value as string).length * 3) / 4))

/** What members have to be wherever they stand; null counts as absent (go-jose, rawJSONWebKey). Certificates are not read. */
const MEMBERS: readonly (readonly [is: (value: unknown) => boolean, ...names: string[]])[] = [
  [isText, 'kty', 'kid', 'alg', 'use', 'crv', 'x5u'],
  [isBytes, 'k', 'n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi', 'x', 'y'],
  [isThumbprint(20), 'x5t'],
  [isThumbprint(32), 'x5t#S256'],
  [(value) => Array.isArray(value) && value.every((text) => typeof text === 'string' && text !== ''), 'x5c'],
]
const NEEDED: ReadonlyMap<unknown, readonly string[]> = new Map([['RSA', ['n', 'e']], ['EC', ['x', 'y']], ['OKP', ['x']], ['oct', ['k']]])
/** Letters of a coordinate, which has its full length. */
const COORDINATES: ReadonlyMap<unknown, number> = new Map([['P-256', 43], ['P-384', 64], ['P-521', 88]])

export function isJwk(value: unknown): value is Jwk {
  const jwk = Object(value) as { [member: string]: string | null | undefined }
  const has = (name: string): boolean => (jwk[name] ?? null) !== null
  if (!MEMBERS.every(([is, ...names]) => names.every((name) => !has(name) || is(jwk[name])))) return false
  if (!NEEDED.get(jwk.kty)?.every(has)) return false
  if (jwk.kty === 'EC') return [jwk.x!, jwk.y!, jwk.d ?? jwk.x!].every((text) => unpadded(text).length === COORDINATES.get(jwk.crv))
  if (jwk.kty === 'RSA') return !has('d') || (has('p') && has('q'))
  return jwk.kty === 'oct' || jwk.crv === 'Ed25519'
}

/** What a set calls its key; `` for a key without. */
export const idOfKey = (strategy: Strategy, { jwk }: Key): string => joinId(strategy, textOf(jwk.kid), unpadded(textOf(jwk.x5t)), unpadded(textOf(jwk['x5t#S256'])))

/** What a token calls its key: where it has no thumbprint, its kid is taken for one. */
export function idOfToken(strategy: Strategy, header: { readonly [member: string]: unknown }): string {
  const kid = textOf(header.kid)
  const orKid = (thumbprint: unknown): string => (typeof thumbprint === 'string' ? thumbprint : kid)
  return joinId(strategy, kid, orKid(header.x5t), orKid(header['x5t#S256']))
}

function joinId(strategy: Strategy, kid: string, sha1: string, sha256: string): string {
  if (strategy === 'kid') return kid
  if (strategy === 'kid_x5t') return kid + sha1
  return strategy === 'x5t' ? sha1 : sha256
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
const unpadded = (text: string): string => text.replace(/=+$/, '')
