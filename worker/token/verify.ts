/** Is a token signed with a key? jose says so, and this remembers it. */
import { flattenedVerify } from 'jose/jws/flattened/verify'
import { isObject } from '../json/data.ts'
import type { JsonObject } from '../types.ts'
import { parseBytes } from './base64.ts'
import { importKey } from './import-key.ts'
import type { Key } from './jwk.ts'
import { parseToken, type Token } from './parse.ts'
import { andThen, type Later } from './later.ts'
import { createRecent } from './recent.ts'

/** That a text was signed with a key: true for ever. Its time, its revocation and whether the key still counts are asked each time. */
interface Verified {
  token: Token
  keyText: string
  claims: JsonObject
}

/** Of the isolate. By characters: some 2,000 to 4,000 tokens of a kilobyte, and one attacker's long tokens push out no more than others'. */
const verified = createRecent<Verified>(2 * 1024 * 1024, (text) => text.length)

/** Claims of a token that is signed by the key that `find` has for it; null for any other. At once for one that was verified before. */
export function readSigned(text: string, alg: string, find: (token: Token) => Later<Key | null>): Later<JsonObject | null> {
  const known = verified.get(text)
  const token = known?.token ?? parseToken(text)
  if (token?.header.alg !== alg) return null
  const withKey = (key: Key | null): Later<JsonObject | null> => {
    if (!key) return null
    return known?.keyText === key.text ? known.claims : verifyFirst(text, token, key, alg)
  }
  return andThen(find(token), withKey)
}

async function verifyFirst(text: string, token: Token, key: Key, alg: string): Promise<JsonObject | null> {
  const claims = await verify(token, key, alg)
  if (claims) verified.set(text, { token, keyText: key.text, claims })
  return claims
}

const imported = new WeakMap<Key, Map<string, CryptoKey | null>>()

async function verify({ jws }: Token, key: Key, alg: string): Promise<JsonObject | null> {
  let ofKey = imported.get(key)
  if (!ofKey) imported.set(key, (ofKey = new Map()))
  let crypto = ofKey.get(alg)
  if (crypto === undefined) ofKey.set(alg, (crypto = await importKey(key, alg, 'verify')))
  if (!crypto) return null
  try {
    const { payload } = await flattenedVerify(jws, crypto, { algorithms: [alg] })
    const claims = parseBytes(payload)
    return isObject(claims) ? claims : null
  } catch {
    return null
  }
}
