/** An issuer of tokens for tests: keys of every kind, and what signs with them. */
import { type JsonWebKey as Jwk, createHmac, generateKeyPairSync, type KeyObject, sign as signWith } from 'node:crypto'

export interface Issuer {
  /** Its public keys, and the symmetric one, by their kid. */
  keys: { [kid: string]: Jwk & { kid: string } }
  /** A token: `claims` signed by the key of `alg`. `header` adds and replaces members. */
  token(alg: string, claims: object, header?: object): string
}

const text = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
export const SECRET = Buffer.alloc(64, 7)

const KINDS: { readonly [kid: string]: () => KeyObject } = {
  rsa: () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
  'P-256': () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
  'P-384': () => generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey,
  'P-521': () => generateKeyPairSync('ec', { namedCurve: 'P-521' }).privateKey,
  ed: () => generateKeyPairSync('ed25519').privateKey,
}
const KID: { readonly [alg: string]: string } = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521', EdDSA: 'ed' }
export const kidOf = (alg: string): string => KID[alg] ?? (alg.startsWith('HS') ? 'oct' : 'rsa')

export function createIssuer(): Issuer {
  const own = Object.fromEntries(Object.entries(KINDS).map(([kid, make]) => [kid, make()]))
  const publicOf = (kid: string, key: KeyObject): Jwk & { kid: string } => {
    const { d: _d, p: _p, q: _q, dp: _dp, dq: _dq, qi: _qi, ...jwk } = key.export({ format: 'jwk' })
    return { ...jwk, kid }
  }
  return {
    keys: { ...Object.fromEntries(Object.entries(own).map(([kid, key]) => [kid, publicOf(kid, key)])), oct: { kty: 'oct', k: SECRET.toString('base64url'), kid: 'oct' } },
    token(alg, claims, header = {}) {
      const input = `${text({ alg, kid: kidOf(alg), ...header })}.${text(claims)}`
      return `${input}.${signature(alg, input, own[kidOf(alg)]!).toString('base64url')}`
    },
  }
}

function signature(alg: string, input: string, key: KeyObject): Buffer {
  const hash = `sha${alg.slice(2)}`
  if (alg.startsWith('HS')) return createHmac(hash, SECRET).update(input).digest()
  const bytes = Buffer.from(input)
  if (alg === 'EdDSA') return signWith(null, bytes, key)
  if (alg.startsWith('ES')) return signWith(hash, bytes, { key, dsaEncoding: 'ieee-p1363' })
  // 6 is RSA_PKCS1_PSS_PADDING; the salt is as long as the hash.
  return signWith(hash, bytes, alg.startsWith('PS') ? { key, padding: 6, saltLength: Number(alg.slice(2)) / 8 } : key)
}
