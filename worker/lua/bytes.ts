/** Lua's texts are bytes: a JavaScript text with one character a byte. The world outside has Unicode. */
import { lenient } from '../utf8.ts'
const encoder = new TextEncoder()

/** Beyond ASCII both forms differ. */
const BEYOND = /[^\0-\x7F]/

export const fromBytes = (bytes: Uint8Array): string => {
  let text = ''
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192))
  return text
}

export function toBytes(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i)
  return bytes
}

/** Unicode → bytes. */
export const encode = (text: string): string => (BEYOND.test(text) ? fromBytes(encoder.encode(text)) : text)

/** Bytes → Unicode; what is no UTF-8 becomes U+FFFD, as in Go's JSON. */
export const decode = (text: string): string => (BEYOND.test(text) ? lenient.decode(toBytes(text)) : text)
