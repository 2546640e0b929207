/** Numbers by their digits: a double has 53 bits, JSON has as many as it likes (security/RULES.md: "Numbers are exact decimals"). */
import { numberText } from '../json/data.ts'

/** 0.digits × 10^exponent; zero has no digits. */
interface Decimal {
  negative: boolean
  digits: string
  exponent: number
}

function parseDecimal(text: string): Decimal {
  const [, sign, whole, fraction = '', power = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([-+]?\d+))?$/.exec(text)!
  const all = whole! + fraction
  const leading = /^0*/.exec(all)![0].length
  const digits = all.slice(leading).replace(/0+$/, '')
  return { negative: sign === '-' && digits !== '', digits, exponent: digits ? whole!.length - leading + Number(power) : 0 }
}

/** The same text for equal numbers, and for no others. */
export function canonicalNumber(number: unknown): string {
  if (typeof number === 'number' && Number.isInteger(number) && Math.abs(number) < 1e15) return number === 0 ? '0' : String(number)
  const { negative, digits, exponent } = parseDecimal(numberText(number)!)
  if (digits === '') return '0'
  const sign = negative ? '-' : ''
  // As an integer of the same value is written above.
  if (digits.length <= exponent && exponent < 16) return sign + digits.padEnd(exponent, '0')
  return `${sign}.${digits}e${exponent}`
}

export function isInteger(number: unknown): boolean {
  if (typeof number === 'number' && Number.isSafeInteger(number)) return true
  const { digits, exponent } = parseDecimal(numberText(number)!)
  return digits.length <= Math.max(exponent, 0)
}

/** Below, equal, above: negative, 0, positive. Doubles that print the same are the same, so plain numbers are compared as they are. */
export function compareNumbers(number: unknown, limit: string): number {
  if (typeof number === 'number') return number - Number(limit) || 0
  const a = parseDecimal(numberText(number)!)
  const b = parseDecimal(limit)
  const signs = signOf(a) - signOf(b)
  return signs || compareSizes(a, b) * (a.negative ? -1 : 1)
}

const signOf = ({ negative, digits }: Decimal): number => (digits === '' ? 0 : negative ? -1 : 1)

function compareSizes(a: Decimal, b: Decimal): number {
  if (a.exponent !== b.exponent) return a.exponent - b.exponent
  return a.digits === b.digits ? 0 : a.digits < b.digits ? -1 : 1
}

/** Beyond this many places the quotient is not looked for: the number would fill the memory. */
const MAX_PLACES = 5000

export function isMultiple(number: unknown, of: string): boolean {
  const a = parseDecimal(numberText(number)!)
  const b = parseDecimal(of)
  if (a.digits === '') return true
  // Each as its digits times a power of ten.
  const places = a.exponent - a.digits.length - (b.exponent - b.digits.length)
  if (Math.abs(places) + a.digits.length > MAX_PLACES) return false
  const [x, y] = places < 0 ? [BigInt(a.digits), BigInt(b.digits) * 10n ** BigInt(-places)] : [BigInt(a.digits) * 10n ** BigInt(places), BigInt(b.digits)]
  return x % y === 0n
}
