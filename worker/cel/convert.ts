/** CEL's conversions, with the texts that Go's strconv and time packages read and write. */
import { type Duration, EvaluationError, fail, isBytes, isKind, type Timestamp, type Uint, type Value } from './values.ts'
import { strict } from '../utf8.ts'

const MIN_INT = -(2n ** 63n)
const MAX_INT = 2n ** 63n - 1n
const MAX_UINT = 2n ** 64n - 1n
const SECOND = 1_000_000_000n
/** The years 1 to 9999. */
const FIRST = -62_135_596_800n * SECOND
const LAST = 253_402_300_800n * SECOND - 1n

export const checkInt = (value: bigint): bigint => (value >= MIN_INT && value <= MAX_INT ? value : fail('integer overflow'))
export const checkUint = (value: bigint): Uint => (value >= 0n && value <= MAX_UINT ? { kind: 'uint', value } : fail('unsigned integer overflow'))
export const checkDuration = (value: Duration): Duration => (value.ns >= MIN_INT && value.ns <= MAX_INT ? value : fail('duration overflow'))
export const checkTimestamp = (value: Timestamp): Timestamp => (value.ns >= FIRST && value.ns <= LAST ? value : fail('timestamp overflow'))

const unreadable = (from: string, to: string): never => fail(`type conversion error from '${from}' to '${to}'`)
const encoder = new TextEncoder()

export const dyn = (value: Value): Value => value

export function int(value: Value): Value {
  if (typeof value === 'bigint') return value
  if (typeof value === 'string') return /^[-+]?\d{1,30}$/.test(value) ? checkInt(BigInt(value.replace('+', ''))) : unreadable('string', 'int')
  if (typeof value === 'number') return Number.isFinite(value) && value > -(2 ** 63) && value < 2 ** 63 ? BigInt(Math.trunc(value)) : fail('integer overflow')
  if (isKind(value, 'uint')) return checkInt(value.value)
  if (isKind(value, 'timestamp')) return floorDivide(value.ns, SECOND)
  return isKind(value, 'duration') ? value.ns : unreadable('other', 'int')
}

export function uint(value: Value): Value {
  if (isKind(value, 'uint')) return value
  if (typeof value === 'bigint') return checkUint(value)
  if (typeof value === 'string') return /^\d{1,30}$/.test(value) ? checkUint(BigInt(value)) : unreadable('string', 'uint')
  return typeof value === 'number' && value >= 0 && value < 2 ** 64 ? checkUint(BigInt(Math.trunc(value))) : fail('unsigned integer overflow')
}

export function double(value: Value): Value {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') return Number(value)
  if (isKind(value, 'uint')) return Number(value.value)
  return typeof value === 'string' ? parseFloatOf(value) : unreadable('other', 'double')
}

/** Go's ParseFloat: no spaces, and an overflow is an error. Hexadecimal doubles are left out. */
function parseFloatOf(text: string): number {
  const [, sign, word] = /^([-+]?)(inf|infinity|nan)$/i.exec(text) ?? []
  if (word !== undefined) return word.toLowerCase() === 'nan' ? Number.NaN : sign === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  if (!/^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i.test(text)) return unreadable('string', 'double')
  const number = Number(text)
  return Number.isFinite(number) ? number : unreadable('string', 'double')
}

const TRUE = ['1', 't', 'T', 'TRUE', 'true', 'True']
const FALSE = ['0', 'f', 'F', 'FALSE', 'false', 'False']

export function bool(value: Value): Value {
  if (typeof value === 'boolean') return value
  if (typeof value === 'string' && TRUE.includes(value)) return true
  return typeof value === 'string' && FALSE.includes(value) ? false : unreadable('string', 'bool')
}

export const bytes = (value: Value): Value => (isBytes(value) ? value : typeof value === 'string' ? encoder.encode(value) : unreadable('other', 'bytes'))

export function string(value: Value): Value {
  if (typeof value === 'string') return value
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value)
  if (typeof value === 'number') return formatDouble(value)
  if (isKind(value, 'uint')) return String(value.value)
  if (isKind(value, 'duration')) return `${decimals(value.ns)}s`
  if (isKind(value, 'timestamp')) return formatTimestamp(value)
  return isBytes(value) ? decode(value) : unreadable('other', 'string')
}

function decode(value: Uint8Array): string {
  try {
    return strict.decode(value)
  } catch {
    throw new EvaluationError('invalid UTF-8 in bytes, cannot convert to string')
  }
}

/** Go's %g: the shortest digits, with an exponent below 1e-4 and from 1e6 on. */
function formatDouble(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'
  if (Object.is(value, -0)) return '-0'
  const [mantissa, exponent] = value.toExponential().split('e') as [string, string]
  const power = Number(exponent)
  if (power >= -4 && power < 6) return String(value)
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
}

/** Seconds with as many decimals as there are. */
function decimals(ns: bigint): string {
  const size = ns < 0n ? -ns : ns
  const fraction = String(size % SECOND).padStart(9, '0').replace(/0+$/, '')
  return `${ns < 0n ? '-' : ''}${size / SECOND}${fraction && `.${fraction}`}`
}

function formatTimestamp({ ns }: Timestamp): string {
  const seconds = floorDivide(ns, SECOND)
  const fraction = String(ns - seconds * SECOND).padStart(9, '0').replace(/0+$/, '')
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}${fraction && `.${fraction}`}Z`
}

/** Towards the past. */
export const floorDivide = (value: bigint, by: bigint): bigint => (value < 0n && value % by !== 0n ? value / by - 1n : value / by)

const RFC_3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(?:Z|([-+])(\d\d):(\d\d))$/

export function timestamp(value: Value): Value {
  if (isKind(value, 'timestamp')) return value
  if (typeof value === 'bigint') return checkTimestamp({ kind: 'timestamp', ns: value * SECOND })
  const parts = typeof value === 'string' ? RFC_3339.exec(value) : null
  if (!parts) return unreadable('string', 'google.protobuf.Timestamp')
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(Number) as [number, number, number, number, number, number]
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  const outside = date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day || hour > 23 || minute > 59 || second > 59 || Number(parts[9] ?? 0) > 24 || Number(parts[10] ?? 0) > 59
  if (outside) return unreadable('string', 'google.protobuf.Timestamp')
  const offset = (Number(parts[9] ?? 0) * 60 + Number(parts[10] ?? 0)) * (parts[8] === '-' ? -60 : 60)
  const seconds = BigInt(date.getTime() / 1000 + hour * 3600 + minute * 60 + second - offset)
  return checkTimestamp({ kind: 'timestamp', ns: seconds * SECOND + BigInt((parts[7] ?? '').slice(0, 9).padEnd(9, '0')) })
}

const UNITS: { readonly [unit: string]: bigint } = { ns: 1n, us: 1000n, 'µs': 1000n, 'μs': 1000n, ms: 1_000_000n, s: SECOND, m: 60n * SECOND, h: 3600n * SECOND }
const DURATION = /^[-+]?(?:(?:\d{1,19}(?:\.\d{0,40})?|\.\d{1,40})(?:ns|us|µs|μs|ms|s|m|h)){1,40}$/

/** Go's ParseDuration. */
export function duration(value: Value): Value {
  if (isKind(value, 'duration')) return value
  if (typeof value !== 'string') return unreadable('other', 'google.protobuf.Duration')
  if (/^[-+]?0$/.test(value)) return { kind: 'duration', ns: 0n }
  if (!DURATION.test(value)) return unreadable('string', 'google.protobuf.Duration')
  let ns = 0n
  for (const [, whole, fraction = '', unit] of value.matchAll(/(\d*)(?:\.(\d*))?([a-zµμ]+)/g)) ns += (BigInt(whole! + fraction) * UNITS[unit!]!) / 10n ** BigInt(fraction.length)
  return checkDuration({ kind: 'duration', ns: value.startsWith('-') ? -ns : ns })
}
