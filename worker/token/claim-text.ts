/** Claims as texts, for headers and paths (security/RULES.md, claims to headers). */
import { canonical } from '../json/canonical.ts'
import type { JsonObject } from '../types.ts'
import { byBytes } from '../url.ts'

/** A list is its elements with commas between. */
export function claimText(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return numberText(value)
  return Array.isArray(value) ? value.map(goText).join(',') : canonical(value)
}

/** Whole within a millionth: digits; any other: six decimals. */
function numberText(value: number): string {
  const whole = Math.round(value)
  return Math.abs(value - whole) <= 1e-6 ? BigInt(whole).toString() : sixDecimals(value)
}

/** Go's `%f`. Exact halves, which are odd 128ths and end in 5 at the seventh decimal, go to the even digit; toFixed takes them up. */
function sixDecimals(value: number): string {
  const exact = value.toFixed(7)
  return Math.abs((value * 128) % 2) === 1 && /[02468]5$/.test(exact) ? exact.slice(0, -1) : value.toFixed(6)
}

/** Go's `%v`. */
export function goText(value: unknown): string {
  if (value === null || value === undefined) return '<nil>'
  if (typeof value === 'number') return goNumber(value)
  if (typeof value === 'string' || typeof value === 'boolean') return String(value)
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`
  const members = Object.entries(value as JsonObject).toSorted(([a], [b]) => byBytes(a, b))
  return `map[${members.map(([name, item]) => `${name}:${goText(item)}`).join(' ')}]`
}

/** Shortest, with an exponent of two digits at least from a million on and below 1e-4. */
function goNumber(value: number): string {
  const size = Math.abs(value)
  const text = size !== 0 && (size < 1e-4 || size >= 1e6) ? value.toExponential() : String(value)
  return text.replace(/e([+-])(\d)$/, 'e$10$2')
}
