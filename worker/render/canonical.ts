/** `"cuttle/json": {"canonical": true}`: JSON as Go writes it, names sorted by bytes on every level, HTML's characters escaped (routing/RULES.md §8). */
import { dataOf, isObject, member, numberText } from '../json/data.ts'
import type { CreateRender } from '../types.ts'
import { byBytes } from '../url.ts'
import { hasMembers } from './json.ts'
import { createWriter, type WriterOptions } from './writer.ts'

export interface CanonicalOptions extends WriterOptions {
  /** json-collection: the member `collection`, or an empty list. */
  collection: boolean
}

export const render: CreateRender<CanonicalOptions> = (options, made) => {
  const write = createWriter('application/json; charset=utf-8', options, made)
  return (answer) => {
    const data = answer ? dataOf(answer.body) : {}
    const collection = options.collection && data ? member(data, 'collection') : undefined
    return write(canonical(options.collection ? (collection === undefined ? [] : collection) : data), answer, hasMembers(answer))
  }
}

/** Text of a JSON value as Go's encoder writes it. */
export function canonical(value: unknown): string {
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
