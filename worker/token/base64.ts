/** Base64url without padding, as tokens and key sets have it. */
import { strict } from '../utf8.ts'

export const isBase64Url = (text: string): boolean => text.length % 4 !== 1 && /^[\w-]*$/.test(text)

export const fromBase64Url = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0))

/** undefined: no UTF-8, or no JSON. */
export function parseBytes(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(strict.decode(bytes)) as unknown
  } catch {
    return undefined
  }
}
