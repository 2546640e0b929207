/** Texts of feeds as gofeed reads them: from the source between an element's tags. */
import { unescapeHtml } from './entities.ts'
import { lenient } from '../../utf8.ts'

const CDATA = '<![CDATA['
const CDATA_END = ']]>'

export const hasCdata = (text: string): boolean => text.includes(CDATA)

/** What stands between an element's tags, as text. */
export function plainText(inner: string): string {
  const text = trim(inner)
  return hasCdata(text) ? stripCdata(text) : decodeEntities(text)
}

/** References are decoded as far as the first ampersand that begins none: behind it nothing is. */
export function decodeEntities(text: string): string {
  let decoded = ''
  for (let i = 0; i < text.length; ) {
    const start = text.indexOf('&', i)
    const end = start < 0 ? -1 : text.indexOf(';', start)
    if (end < 0 || text.slice(start + 1, end).includes(' ')) return decoded + text.slice(i)
    decoded += text.slice(i, start) + unescapeHtml(text.slice(start, end + 1))
    i = end + 1
  }
  return decoded
}

/**
 * CDATA sections as they are, decoded text behind the last; text before a section is dropped. From the second section on
 * gofeed loses its place and goes on too far behind it, which is counted in bytes.
 */
export function stripCdata(text: string): string {
  const bytes = text.indexOf(CDATA) < text.lastIndexOf(CDATA)
  const source = bytes ? toBytes(text) : text
  const read = (start: number, end?: number): string => (bytes ? fromBytes(source.slice(start, end)) : source.slice(start, end))
  let stripped = ''
  for (let i = 0; i < source.length; ) {
    const start = source.indexOf(CDATA, i)
    const end = start < 0 ? -1 : source.indexOf(CDATA_END, start)
    if (end < 0) return stripped + decodeEntities(read(i))
    stripped += read(start + CDATA.length, end)
    i += end + CDATA_END.length
  }
  return stripped
}

/** UTF-8 with a character for each byte. */
const toBytes = (text: string): string => Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('')
const fromBytes = (bytes: string): string => lenient.decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)))

const SPACE = /^[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]$/

/** Go's strings.TrimSpace. */
export function trim(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && SPACE.test(text[start]!)) start++
  while (end > start && SPACE.test(text[end - 1]!)) end--
  return text.slice(start, end)
}

export interface Person {
  readonly name: string
  readonly email: string
}

/** `mail@host (name)`, `name (mail@host)` or one of both alone. */
export function parsePerson(text: string): Person {
  const [, mailFirst, nameSecond] = /^([^@]+@[^\t\n\f\r ]+)[\t\n\f\r ]+\(([^@]+)\)$/.exec(text) ?? []
  if (mailFirst !== undefined) return { name: nameSecond!, email: mailFirst }
  const [, nameFirst, mailSecond] = /^([^@]+)[\t\n\f\r ]+\(([^@]+@[^)]+)\)$/.exec(text) ?? []
  if (nameFirst !== undefined) return { name: nameFirst, email: mailSecond! }
  if (/^[^@()]+$/.test(text)) return { name: text, email: '' }
  return { name: '', email: /^[^@()]+@[^@()]+$/.test(text) ? text : '' }
}
