/** Doubles as Go prints them; numbers of upstreams are texts there and stay as they are. */
import { isDouble, numberText } from './data.ts'

/** Go's `%v` of a number; null for what is none. */
export function printNumber(value: unknown): string | null {
  const text = numberText(value)
  return text !== null && isDouble(value as object) ? printDouble(Number(text)) : text
}

/** An exponent below -4, or of 6 and above, is written; of two digits at least. */
function printDouble(number: number): string {
  const [digits, exponent] = number.toExponential().split('e') as [string, string]
  return Number(exponent) < -4 || Number(exponent) >= 6 ? `${digits}e${twoDigits(exponent)}` : String(number)
}

/** Go's `FormatFloat(number, 'E', -1, 32)`: as few digits as tell a single from its neighbours. */
export function printSingle(number: number): string {
  const single = Math.fround(number)
  // A double may be beyond every single.
  if (!Number.isFinite(single)) return single > 0 ? '+Inf' : '-Inf'
  // Nine digits always do.
  let more = 0
  while (more < 8 && Math.fround(Number(single.toExponential(more))) !== single) more++
  const [digits, exponent] = single.toExponential(more).split('e') as [string, string]
  return `${digits}E${twoDigits(exponent)}`
}

/** `+6` → `+06`. */
const twoDigits = (exponent: string): string => exponent.replace(/^([-+])(\d)$/, '$10$2')
