/** A private key in PEM, for RS256. */
import { fromBase64 } from './base64.ts'

export function importPkcs8(pem: string): Promise<CryptoKey> {
  const bytes = fromBase64(pem.replaceAll(/-----[^-]*-----|\s/g, ''))
  return crypto.subtle.importKey('pkcs8', bytes ?? new Uint8Array(), { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }, false, ['sign'])
}
