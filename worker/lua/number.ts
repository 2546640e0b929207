/** Numbers as gopher-lua reads and writes them: Go's strconv. */

const WORD = 2 ** 63

/** Go's int64(f): cut; what does not fit gives the smallest, as on amd64. */
export const toInteger = (number: number): number => (Number.isNaN(number) || number >= WORD || number < -WORD ? -WORD : Math.trunc(number) + 0)

/** All digits of a whole number. */
export const integerText = (number: number): string => (Number.isSafeInteger(number) ? String(number) : BigInt(number).toString())

/** tostring, `..`, headers: whole numbers as int64, others with the fewest digits (transform/RULES.md §2). */
export function numberText(number: number): string {
  if (Number.isInteger(number) && number < WORD && number >= -WORD) return integerText(number + 0)
  return shortest(number)
}

/** Go's %g with the fewest digits: exponents below -4 or from 6 on are written. */
export function shortest(number: number): string {
  if (!Number.isFinite(number)) return infinityText(number)
  const [digits, exponent] = number.toExponential().split('e') as [string, string]
  const power = Number(exponent)
  if (power < -4 || power >= 6) return `${digits}e${exponentText(power)}`
  return power < 0 ? plain(number, digits, power) : String(number)
}

/** JavaScript writes from 1e-7 on as exponents: Go does from 1e-5 on, so what is left is short. */
const plain = (number: number, digits: string, power: number): string => `${number < 0 ? '-' : ''}0.${'0'.repeat(-power - 1)}${digits.replace(/[-.]/g, '')}`

export const infinityText = (number: number): string => (Number.isNaN(number) ? 'NaN' : number > 0 ? '+Inf' : '-Inf')
export const exponentText = (power: number): string => `${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`

const PREFIXES: { readonly [prefix: string]: number } = { x: 16, o: 8, b: 2 }

/** Go's ParseInt. Base 0 reads prefixes and `_`. undefined: no such number, or beyond int64. */
export function parseInteger(text: string, base: number): number | undefined {
  const [, sign, body] = /^([+-]?)(.*)$/s.exec(text)!
  let digits = body!
  let radix = base
  if (base === 0) {
    const prefix = /^0([xob])/i.exec(digits)?.[1]?.toLowerCase()
    radix = prefix ? PREFIXES[prefix]! : digits.length > 1 && digits.startsWith('0') ? 8 : 10
    if (prefix) digits = digits.slice(2)
    if (digits.includes('_')) {
      if (!/^_?[^_]+(_[^_]+)*$/.test(digits) || (digits.startsWith('_') && !prefix)) return undefined
      digits = digits.replaceAll('_', '')
    }
  }
  if (digits === '' || radix < 2 || radix > 36) return undefined
  let value = 0
  for (const digit of digits.toLowerCase()) {
    const worth = /[0-9a-z]/.test(digit) ? Number.parseInt(digit, 36) : 36
    if (worth >= radix) return undefined
    value = value * radix + worth
  }
  if (value > Number.MAX_SAFE_INTEGER && radix === 10) value = Number(digits)
  const number = sign === '-' ? -value : value
  return number >= WORD || number < -WORD ? undefined : number + 0
}

const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i
const HEX = /^([+-]?)0x([0-9a-f]*)(?:\.([0-9a-f]*))?p([+-]?\d+)$/i

/** Go's ParseFloat. undefined: no number, or beyond a double. */
export function parseFloat(text: string): number | undefined {
  if (DECIMAL.test(text)) {
    const number = Number(text)
    return Number.isFinite(number) ? number : undefined
  }
  const [, sign, whole, fraction = '', power] = HEX.exec(text) ?? []
  if (whole !== undefined && whole + fraction !== '') {
    const number = Number.parseInt(whole + fraction, 16) * 2 ** (Number(power) - 4 * fraction.length)
    return Number.isFinite(number) ? (sign === '-' ? -number : number) : undefined
  }
  if (/^[+-]?inf(inity)?$/i.test(text)) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  return /^nan$/i.test(text) ? Number.NaN : undefined
}

/** What a text counts as in arithmetic: octal with a leading zero, as Go has it. */
export function parseNumber(text: string): number | undefined {
  const trimmed = text.replace(/^[ \t\n]+|[ \t\n]+$/g, '')
  return /^[1-9]\d{0,14}$/.test(trimmed) ? Number(trimmed) : (parseInteger(trimmed, 0) ?? parseFloat(trimmed))
}

/** Mantissa from 0.5 to 1, and exponent. */
export function frexp(number: number): [mantissa: number, exponent: number] {
  if (number === 0 || !Number.isFinite(number)) return [number, 0]
  let exponent = Math.max(-1023, Math.floor(Math.log2(Math.abs(number))) + 1)
  let mantissa = number * 2 ** -exponent
  while (Math.abs(mantissa) < 0.5) [mantissa, exponent] = [mantissa * 2, exponent - 1]
  while (Math.abs(mantissa) >= 1) [mantissa, exponent] = [mantissa / 2, exponent + 1]
  return [mantissa, exponent]
}

/** As often as the exponent's bits can double before every result is 0 or infinite. */
const MOST_DOUBLED = 4096

/** Go's math.Pow squares and multiplies: its last digit may be another than JavaScript's. */
export function power(base: number, exponent: number): number {
  if (base === 1 || (base === -1 && Math.abs(exponent) === Number.POSITIVE_INFINITY)) return 1
  const size = Math.abs(exponent)
  if (base === 0 || !Number.isFinite(base) || size === 0 || size === 1 || !(size < WORD)) return base ** exponent
  if (size === 0.5) return exponent > 0 ? Math.sqrt(base) : 1 / Math.sqrt(base)
  const up = size % 1 > 0.5 ? 1 : 0
  const rest = (size % 1) - up
  let result = rest === 0 ? 1 : Math.exp(rest * Math.log(base))
  let twos = 0
  let [factor, scale] = frexp(base)
  for (let left = Math.trunc(size) + up; left > 0; left = Math.floor(left / 2)) {
    if (Math.abs(scale) > MOST_DOUBLED) {
      twos += scale
      break
    }
    if (left % 2 === 1) [result, twos] = [result * factor, twos + scale]
    factor *= factor
    scale *= 2
    if (factor < 0.5) [factor, scale] = [factor * 2, scale - 1]
  }
  return exponent < 0 ? timesTwo(1 / result, -twos) : timesTwo(result, twos)
}

/** number × 2^exponent, in steps that stay within a double. */
function timesTwo(number: number, exponent: number): number {
  const half = Math.trunc(Math.max(-2200, Math.min(exponent, 2200)) / 3)
  return number * 2 ** half * 2 ** half * 2 ** (Math.max(-2200, Math.min(exponent, 2200)) - 2 * half)
}

/** Exact: a division of the two logarithms would not be. */
const LOG10_2 = 0.301_029_995_663_981_2

/** Go's math.Log10, which goes by the base two. */
export function log10(number: number): number {
  const [mantissa, exponent] = frexp(number)
  const log2 = mantissa === 0.5 ? exponent - 1 : Math.log(mantissa) * Math.LOG2E + exponent
  return log2 * LOG10_2
}

export function modulo(left: number, right: number): number {
  const rest = left % right
  return (right > 0 && rest < 0) || (right < 0 && rest > 0) ? rest + right : rest
}
