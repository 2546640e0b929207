/** Sprig's numbers: texts, booleans and nothing are read as numbers too (spf13/cast), and what can't be read is 0. */
import { CallError } from '../error.ts'
import { fn, type Functions, variadic } from '../function.ts'
import { parseFloat64, parseInt0 } from '../number.ts'
import { print, type Value } from '../value.ts'

export function toInt(value: Value): bigint {
  if (typeof value === 'bigint') return value
  // Go's conversion of what an int64 can't hold is the processor's.
  if (typeof value === 'number') return Number.isFinite(value) && Math.abs(value) < 2 ** 63 ? BigInt(Math.trunc(value)) : -(2n ** 63n)
  if (typeof value === 'string') return parseInt0(value.replace(/\.0+$/, '')) ?? 0n
  return value === true ? 1n : 0n
}

export function toFloat(value: Value): number {
  if (typeof value === 'string') return parseFloat64(value) ?? 0
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean' ? Number(value) : 0
}

const int64 = (value: bigint): bigint => BigInt.asIntN(64, value)

function divide(a: bigint, b: bigint, of: (a: bigint, b: bigint) => bigint): bigint {
  if (b === 0n) throw new CallError('runtime error: integer divide by zero')
  return int64(of(a, b))
}

/** A decimal number: `units` × 10^`exponent`. */
type Decimal = readonly [units: bigint, exponent: number]

function toDecimal(value: number): Decimal {
  const [, sign, whole, fraction = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:e([-+]\d+))?$/.exec(value.toExponential())!
  return [BigInt(`${sign}${whole}${fraction}`), Number(exponent) - fraction.length]
}
const scaled = ([units, exponent]: Decimal, to: number): bigint => units * 10n ** BigInt(exponent - to)

const DECIMAL = {
  add: (a: Decimal, b: Decimal): Decimal => [scaled(a, Math.min(a[1], b[1])) + scaled(b, Math.min(a[1], b[1])), Math.min(a[1], b[1])],
  sub: (a: Decimal, b: Decimal): Decimal => [scaled(a, Math.min(a[1], b[1])) - scaled(b, Math.min(a[1], b[1])), Math.min(a[1], b[1])],
  mul: (a: Decimal, b: Decimal): Decimal => [a[0] * b[0], a[1] + b[1]],
  /** 16 digits behind the point, rounded half away from zero. */
  div(a: Decimal, b: Decimal): Decimal {
    if (b[0] === 0n) throw new CallError('decimal division by 0')
    const places = Math.max(0, a[1] - b[1] + 17)
    const exponent = a[1] - b[1] - places
    const units = (a[0] * 10n ** BigInt(places)) / b[0]
    const drop = -16 - exponent
    if (drop <= 0) return [units, exponent]
    const unit = 10n ** BigInt(drop)
    const half = units < 0n ? -unit / 2n : unit / 2n
    return [(units + half) / unit, -16]
  },
}

const decimals = (operation: (a: Decimal, b: Decimal) => Decimal, first: Value, others: readonly Value[]): number => {
  const [units, exponent] = others.reduce<Decimal>((result, other) => operation(result, toDecimal(toFloat(other))), toDecimal(toFloat(first)))
  return Number(`${units}e${exponent}`)
}

const MAX_ITEMS = 1_000_000n

function untilStep(start: bigint, stop: bigint, step: bigint): bigint[] {
  if (stop < start ? step >= 0n : step <= 0n) return []
  if ((stop - start) / step > MAX_ITEMS) throw new CallError('the list is too long')
  const items: bigint[] = []
  for (let i = start; stop < start ? i > stop : i < stop; i += step) items.push(i)
  return items
}

function seq(...params: readonly bigint[]): string {
  const [start, step, end] = params.length === 1 ? [1n, null, params[0]!] : params.length === 2 ? [params[0]!, null, params[1]!] : params.length === 3 ? (params as [bigint, bigint, bigint]) : [0n, 0n, 0n]
  if (step === 0n && params.length !== 3) return ''
  const way = end < start ? -1n : 1n
  if (params.length === 3 && end < start && step! > 0n) return ''
  return untilStep(start, end + way, step ?? way).join(' ')
}

function round(value: Value, places: bigint, ...options: readonly number[]): number {
  const power = 10 ** Number(places)
  const digit = power * toFloat(value)
  return (digit - Math.trunc(digit) >= (options[0] ?? 0.5) ? Math.ceil(digit) : Math.floor(digit)) / power
}

const most = (first: Value, others: readonly Value[]): bigint => others.map(toInt).reduce((a, b) => (b > a ? b : a), toInt(first))
const least = (first: Value, others: readonly Value[]): bigint => others.map(toInt).reduce((a, b) => (b < a ? b : a), toInt(first))

export const numberFunctions: Functions = {
  atoi: fn(['string'], (text) => (/^[+-]?\d+$/.test(text) ? int64(BigInt(text.replace('+', ''))) : 0n)),
  int: fn(['any'], toInt),
  int64: fn(['any'], toInt),
  float64: fn(['any'], toFloat),
  toDecimal: fn(['any'], (value) => (/^[+-]?[0-7]+$/.test(print(value)) ? BigInt(Number.parseInt(print(value), 8)) : 0n)),
  seq: variadic([], 'int', seq),
  until: fn(['int'], (count) => untilStep(0n, count, count < 0n ? -1n : 1n)),
  untilStep: fn(['int', 'int', 'int'], untilStep),
  add1: fn(['any'], (value) => int64(toInt(value) + 1n)),
  add: variadic([], 'any', (...values) => values.reduce<bigint>((sum, value) => int64(sum + toInt(value)), 0n)),
  sub: fn(['any', 'any'], (a, b) => int64(toInt(a) - toInt(b))),
  div: fn(['any', 'any'], (a, b) => divide(toInt(a), toInt(b), (x, y) => x / y)),
  mod: fn(['any', 'any'], (a, b) => divide(toInt(a), toInt(b), (x, y) => x % y)),
  mul: variadic(['any'], 'any', (first, ...values) => values.reduce<bigint>((product, value) => int64(product * toInt(value)), toInt(first))),
  add1f: fn(['any'], (value) => decimals(DECIMAL.add, value, [1])),
  addf: variadic([], 'any', (...values) => decimals(DECIMAL.add, 0, values)),
  subf: variadic(['any'], 'any', (first, ...values) => decimals(DECIMAL.sub, first, values)),
  divf: variadic(['any'], 'any', (first, ...values) => decimals(DECIMAL.div, first, values)),
  mulf: variadic(['any'], 'any', (first, ...values) => decimals(DECIMAL.mul, first, values)),
  biggest: variadic(['any'], 'any', (first, ...values) => most(first, values)),
  max: variadic(['any'], 'any', (first, ...values) => most(first, values)),
  min: variadic(['any'], 'any', (first, ...values) => least(first, values)),
  maxf: variadic(['any'], 'any', (first, ...values) => Math.max(toFloat(first), ...values.map(toFloat))),
  minf: variadic(['any'], 'any', (first, ...values) => Math.min(toFloat(first), ...values.map(toFloat))),
  ceil: fn(['any'], (value) => Math.ceil(toFloat(value))),
  floor: fn(['any'], (value) => Math.floor(toFloat(value))),
  round: variadic(['any', 'int'], 'float', round),
}
