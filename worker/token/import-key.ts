/** A key of a set for one algorithm. What does not fit the algorithm is no key for it: so no token can choose how its key is used. */
import { importJWK } from 'jose/key/import'
import { fromBase64Url } from './base64.ts'
import type { Jwk, Key } from './jwk.ts'

type Use = 'verify' | 'sign'

/** The members that make the key. What else stands beside them, `alg`, `use` and `key_ops` too, KrakenD does not look at. */
const PUBLIC: { readonly [kty: string]: readonly string[] } = { RSA: ['n', 'e'], EC: ['crv', 'x', 'y'], OKP: ['crv', 'x'] }
const PRIVATE: { readonly [kty: string]: readonly string[] } = { RSA: ['d', 'p', 'q', 'dp', 'dq', 'qi'], EC: ['d'], OKP: ['d'] }
const CURVES: { readonly [alg: string]: string } = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521', EdDSA: 'Ed25519' }

/** null: it can't be used so. A private key verifies nothing, a public one signs nothing. */
export async function importKey({ jwk }: Pick<Key, 'jwk'>, alg: string, use: Use): Promise<CryptoKey | null> {
  try {
    if (jwk.kty !== typeOf(alg) || (CURVES[alg] !== undefined && jwk.crv !== CURVES[alg])) return null
    if (jwk.kty === 'oct') return await importSecret(jwk, alg, use)
    if (Boolean(jwk.d) !== (use === 'sign')) return null
    const names = [...PUBLIC[jwk.kty]!, ...(use === 'sign' ? PRIVATE[jwk.kty]! : [])]
    const members = Object.fromEntries(names.filter((name) => typeof jwk[name] === 'string').map((name) => [name, (jwk[name] as string).replace(/=+$/, '')]))
    return (await importJWK({ kty: jwk.kty, ...members }, alg)) as CryptoKey
  } catch {
    return null
  }
}

const typeOf = (alg: string): string => ({ HS: 'oct', ES: 'EC', Ed: 'OKP' })[alg.slice(0, 2)] ?? 'RSA'

const importSecret = (jwk: Jwk, alg: string, use: Use): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', fromBase64Url((jwk.k as string).replace(/=+$/, '')), { name: 'HMAC', hash: `SHA-${alg.slice(2)}` }, false, [use])
