/**
 * Go's rules for paths and queries (net/url), which differ from the URL standard's.
 *
 * Go keeps decoded text as bytes. Here a byte that is part of no valid UTF-8 sequence stands as U+DC80…U+DCFF,
 * as Python's surrogateescape does, so that `%FF` survives decoding and encoding.
 */
import type { Query } from './types.ts'
import { strict } from './utf8.ts'

const encoder = new TextEncoder()

const LONE = /[\uDC80-\uDCFF]/
const UNRESERVED = "A-Za-z0-9\\-_.~"
/** What Go leaves alone when it writes a path anew (shouldEscape, encodePath). */
const PATH_PLAIN = new RegExp(`^[${UNRESERVED}$&+,/:;=@]*$`)
/** What Go accepts in a path as it is written (validEncoded): anything else makes it write the whole path anew. */
const PATH_VALID = new RegExp(`^[${UNRESERVED}$&+,/:;=@!'()*[\\]%]*$`)
const QUERY_PLAIN = new RegExp(`^[${UNRESERVED}]*$`)
const BAD_ESCAPE = /%(?![0-9A-Fa-f]{2})/
const CONTROL = /[\x00-\x1f\x7f]/

/** Percent-decodes `text`. null where an escape is malformed. */
export function unescape(text: string): string | null {
  if (!text.includes('%')) return text
  if (BAD_ESCAPE.test(text)) return null
  try {
    return decodeURIComponent(text)
  } catch {
    return fromBytes(text)
  }
}

/** What Go quotes of a malformed escape: at most three bytes. */
export function badEscape(text: string): string {
  const at = text.search(BAD_ESCAPE)
  const quoted = JSON.stringify(decodeUtf8(toBytes(text.slice(at, at + 4)).subarray(0, 3)))
  return quoted.replace(/\\udc([89a-f].)/g, String.raw`\x$1`)
}

/** Why Go reads no address in `text`, in net/url's words. */
export const addressProblem = (text: string): string =>
  CONTROL.test(text) ? 'net/url: invalid control character in URL' : BAD_ESCAPE.test(text) ? `invalid URL escape ${badEscape(text)}` : 'invalid URL'

function fromBytes(text: string): string {
  const bytes: number[] = []
  for (const [part] of text.matchAll(/%..|[^%]+/g)) {
    if (part[0] === '%') bytes.push(Number.parseInt(part.slice(1), 16))
    else bytes.push(...toBytes(part))
  }
  return decodeUtf8(Uint8Array.from(bytes))
}

/** UTF-8 with each invalid byte kept as a lone surrogate. */
export function decodeUtf8(bytes: Uint8Array): string {
  let text = ''
  for (let i = 0; i < bytes.length; ) {
    const length = sequenceLength(bytes, i)
    text += length ? strict.decode(bytes.subarray(i, i + length)) : String.fromCharCode(0xdc00 + bytes[i]!)
    i += length || 1
  }
  return text
}

/** Length of the valid UTF-8 sequence at `i`, 0 if there is none. */
export function sequenceLength(bytes: Uint8Array, i: number): number {
  const lead = bytes[i]!
  if (lead < 0x80) return 1
  const length = lead >= 0xf0 && lead <= 0xf4 ? 4 : lead >= 0xe0 && lead < 0xf0 ? 3 : lead >= 0xc2 && lead < 0xe0 ? 2 : 0
  for (let k = 1; k < length; k++) if ((bytes[i + k]! & 0xc0) !== 0x80) return 0
  const second = bytes[i + 1]!
  if ((lead === 0xe0 && second < 0xa0) || (lead === 0xed && second > 0x9f)) return 0
  if ((lead === 0xf0 && second < 0x90) || (lead === 0xf4 && second > 0x8f)) return 0
  return i + length <= bytes.length ? length : 0
}

function toBytes(text: string): Uint8Array {
  if (!LONE.test(text)) return encoder.encode(text)
  const bytes: number[] = []
  for (const character of text) {
    const code = character.codePointAt(0)!
    if (code >= 0xdc80 && code <= 0xdcff) bytes.push(code - 0xdc00)
    else bytes.push(...encoder.encode(character))
  }
  return Uint8Array.from(bytes)
}

function escape(text: string, plain: RegExp, blank: string): string {
  if (plain.test(text)) return text
  let out = ''
  for (const byte of toBytes(text)) {
    const character = String.fromCharCode(byte)
    if (byte < 0x80 && plain.test(character)) out += character
    else if (byte === 0x20) out += blank
    else out += `%${byte < 16 ? '0' : ''}${byte.toString(16).toUpperCase()}`
  }
  return out
}

/** A decoded path as Go writes it into a Location. */
export const escapePath = (path: string): string => escape(path, PATH_PLAIN, '%20')
const escapeQuery = (text: string): string => escape(text, QUERY_PLAIN, '+')

/**
 * The address that Go makes of `text`, host and filled pattern: the path kept if it is valid as it stands, otherwise
 * decoded and written anew; the query verbatim; the fragment dropped. null where Go refuses it (routing/RULES.md §6).
 */
export function parseAddress(text: string): string | null {
  const hash = text.indexOf('#')
  const whole = hash < 0 ? text : text.slice(0, hash)
  if (CONTROL.test(whole) || (hash >= 0 && BAD_ESCAPE.test(text.slice(hash)))) return null
  const start = whole.indexOf('/', whole.indexOf('://') + 3)
  const mark = whole.indexOf('?')
  const query = mark < 0 ? '' : whole.slice(mark)
  if (start < 0 || (mark >= 0 && mark < start)) return `${mark < 0 ? whole : whole.slice(0, mark)}/${query}`
  const path = mark < 0 ? whole.slice(start) : whole.slice(start, mark)
  const decoded = unescape(path)
  if (decoded === null) return null
  return whole.slice(0, start) + (PATH_VALID.test(path) ? path : escapePath(decoded)) + query
}

/** True where a parameter's value can stand in a path as it is, with no need for parseAddress. */
export const isPlainInPath = (value: string): boolean => PATH_PLAIN.test(value)

/** A query as Go reads it: pairs that hold `;` or a malformed escape are left out. */
export function parseQuery(search: string): Query {
  const query: Query = new Map()
  if (search === '') return query
  for (const pair of search.split('&')) {
    if (pair === '' || pair.includes(';')) continue
    const equals = pair.indexOf('=')
    const name = unescape((equals < 0 ? pair : pair.slice(0, equals)).replaceAll('+', ' '))
    const value = equals < 0 ? '' : unescape(pair.slice(equals + 1).replaceAll('+', ' '))
    if (name === null || value === null) continue
    const values = query.get(name)
    if (values) values.push(value)
    else query.set(name, [value])
  }
  return query
}

/** A query as Go writes it: sorted by name, values in order. */
export function encodeQuery(query: Query): string {
  const pairs: string[] = []
  const names = query.size > 1 ? [...query.keys()].toSorted(byBytes) : query.keys()
  for (const name of names) {
    const key = escapeQuery(name)
    for (const value of query.get(name)!) pairs.push(`${key}=${escapeQuery(value)}`)
  }
  return pairs.join('&')
}

/** Go compares bytes of UTF-8; JavaScript UTF-16 units: they differ only where a surrogate meets U+E000 and above. */
export function byBytes(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x === y) continue
    const high = x >= 0xd800 && x <= 0xdfff
    return high !== (y >= 0xd800 && y <= 0xdfff) && x >= 0xd800 && y >= 0xd800 ? (high ? 1 : -1) : x - y
  }
  return a.length - b.length
}
