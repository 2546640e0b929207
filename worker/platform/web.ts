/** What the platforms share: the Web's own APIs. */
import type { Fetch } from '../types.ts'

/** `127.0.0.1:5000`, `[::1]:5000`, `[::ffff:127.0.0.1]:5000` → the address. */
export function withoutPort(address: string): string {
  const bracketed = /^\[(?:::ffff:(?=.*\.))?(.*)\]/i.exec(address)
  if (bracketed) return bracketed[1]!
  const colon = address.indexOf(':')
  return colon < 0 || address.includes(':', colon + 1) ? address : address.slice(0, colon)
}

export const platformFetch: Fetch = (url, init) => fetch(url, init)

const encoder = new TextEncoder()

/** Headers hold bytes by the standard, each as a character. */
export const bytesField = (text: string): string => (/^[\x00-\x7f]*$/.test(text) ? text : Array.from(encoder.encode(text), (byte) => String.fromCharCode(byte)).join(''))
/** workerd's hold text, and send it as UTF-8. */
export const textField = (text: string): string => text

export const respond = (body: BodyInit | null, init: ResponseInit): Response => new Response(body, init)

/** fetch's answers have headers that can't be changed. */
export const ownResponse = (response: Response): Response => new Response(response.body, response)

/** One line a message, so that the platform's log viewers can tell them apart. */
export function log(level: 'error' | 'warning' | 'info', message: string): void {
  if (level === 'error') console.error(message)
  else if (level === 'warning') console.warn(message)
  else console.log(message)
}
