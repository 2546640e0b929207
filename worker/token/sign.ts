/** Signs data as KrakenD does, to the byte (security/RULES.md, auth/signer): jose makes the signature. */
import { FlattenedSign } from 'jose/jws/flattened/sign'
import { canonical } from '../json/canonical.ts'

const encoder = new TextEncoder()

/** What stands in the protected header, names sorted. */
export interface SignatureHeader {
  alg: string
  kid: string
  typ: string
}

/** The compact form, or `full`: the JSON one. */
export async function sign(value: unknown, { alg, kid, typ }: SignatureHeader, key: CryptoKey, full: boolean): Promise<string> {
  const { payload, protected: header, signature } = await new FlattenedSign(encoder.encode(canonical(value))).setProtectedHeader({ alg, kid, typ }).sign(key)
  return full ? JSON.stringify({ payload, protected: header, signature }) : `${header}.${payload}.${signature}`
}
