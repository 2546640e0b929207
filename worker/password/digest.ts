/** Digests as lower-case hex. Secrets are compared by theirs: how long it takes says nothing of the secret. */

export type Hash = 'sha1' | 'sha256' | 'fnv128'

const encoder = new TextEncoder()

export async function digest(hash: Hash, text: string): Promise<string> {
  const bytes = encoder.encode(text)
  if (hash === 'fnv128') return fnv128(bytes)
  const found = new Uint8Array(await crypto.subtle.digest(hash === 'sha1' ? 'SHA-1' : 'SHA-256', bytes))
  return Array.from(found, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

const OFFSET = 0x6c62272e07bb014262b821756295c58dn
const PRIME = 0x0000000001000000000000000000013bn

/** FNV-1, as Go's hash/fnv New128. */
function fnv128(bytes: Uint8Array): string {
  let hash = OFFSET
  for (const byte of bytes) hash = BigInt.asUintN(128, hash * PRIME) ^ BigInt(byte)
  return hash.toString(16).padStart(32, '0')
}
