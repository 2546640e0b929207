/** JSON as Go's encoder writes it: names sorted by bytes on every level, HTML's characters escaped. */
import { byBytes } from '../url.ts'
import { isObject, numberText } from './data.ts'

/** Text of a JSON value as Go's encoder writes it. */
export function canonical(value: unknown): string {
  // Doubles are written alike, but for this one.
  if (Object.is(value, -0)) return '-0'
  const number = numberText(value)
  if (number !== null) return number
  if (typeof value === 'string') return quoted(value)
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value === 'boolean') return value ? 'true' : 'false'
  if (typeof value !== 'object' || value === null) return 'null'
  // Error details are a struct in Go: its fields keep their order.
  const members = Object.entries(value)
  const sorted = isObject(value) ? members.toSorted(([a], [b]) => byBytes(a, b)) : members
  return `{${sorted.map(([key, item]) => `${quoted(key)}:${canonical(item)}`).join(',')}}`
}

const ESCAPED: { readonly [character: string]: string } = { '<': '\\u003c', '>': '\\u003e', '&': '\\u0026', '\u2028': '\\u2028', '\u2029': '\\u2029' }
const quoted = (text: string): string => JSON.stringify(text).replace(/[<>&\u2028\u2029]/g, (character) => ESCAPED[character]!)
