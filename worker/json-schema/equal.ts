import { member } from '../json/data.ts'
import type { JsonObject } from '../types.ts'
import { canonicalNumber } from './decimal.ts'
import { typeOf } from './type.ts'

/** A text that equal values share: numbers by their value, members in any order. */
export function canonical(value: unknown): string {
  const type = typeOf(value)
  if (type === 'number') return canonicalNumber(value)
  if (type === 'array') return `[${(value as unknown[]).map(canonical).join()}]`
  if (type !== 'object') return JSON.stringify(value)
  const object = value as JsonObject
  return `{${Object.keys(object).toSorted().map((key) => `${JSON.stringify(key)}:${canonical(member(object, key))}`).join()}}`
}

/** The first two that are equal. One pass, since a list may be as long as a body. */
export function findDuplicates(items: readonly unknown[]): [number, number] | null {
  const seen = new Map<string, number>()
  for (const [i, item] of items.entries()) {
    const text = canonical(item)
    const before = seen.get(text)
    if (before !== undefined) return [before, i]
    seen.set(text, i)
  }
  return null
}
