/**
 * What compiled expressions call (compiler/cel/emit.ts): CEL's operators and functions with cel-go's results and errors. All of them
 * take any value, since fields of answers and tokens have no known type; what fits no overload fails.
 */
import { createTest } from '../regexp/automaton.ts'
import type { RegexpProgram } from '../regexp/program.ts'
import { compare, type Duration, EvaluationError, fail, find, isBytes, isEqual, isKind, isList, isMap, numeric, type Timestamp, typeName, type Value } from './values.ts'

export { bool, bytes, double, duration, dyn, int, string, timestamp, uint } from './convert.ts'
export { getDate, getDayOfMonth, getDayOfWeek, getDayOfYear, getFullYear, getHours, getMilliseconds, getMinutes, getMonth, getSeconds } from './time.ts'
import { checkDuration, checkInt, checkTimestamp, checkUint } from './convert.ts'

// ---- Logic: an error on one side counts only if the other side does not decide.

export const isTrue = (value: Value): boolean => (typeof value === 'boolean' ? value : fail())
export const not = (value: Value): boolean => !isTrue(value)
export const and = (a: () => Value, b: () => Value): boolean => decide(a, b, false)
export const or = (a: () => Value, b: () => Value): boolean => decide(a, b, true)

function decide(a: () => Value, b: () => Value, decisive: boolean): boolean {
  let failed: unknown
  try {
    if (isTrue(a()) === decisive) return decisive
  } catch (error) {
    failed = error
  }
  const second = isTrue(b())
  if (second === decisive || failed === undefined) return second
  throw failed
}

// ---- Comparison

export const equal = isEqual
export const differ = (a: Value, b: Value): boolean => !isEqual(a, b)
export const less = (a: Value, b: Value): boolean => compare(a, b) < 0
export const lessOrEqual = (a: Value, b: Value): boolean => compare(a, b) <= 0
export const greater = (a: Value, b: Value): boolean => compare(a, b) > 0
export const greaterOrEqual = (a: Value, b: Value): boolean => compare(a, b) >= 0

// ---- Arithmetic: no type turns into another, and nothing wraps around.

const durationOf = (ns: bigint): Duration => checkDuration({ kind: 'duration', ns })
const timestampOf = (ns: bigint): Timestamp => checkTimestamp({ kind: 'timestamp', ns })

/** Both of one type of number. */
function calculate(a: Value, b: Value, whole: (x: bigint, y: bigint) => bigint, fractional: ((x: number, y: number) => number) | null): Value {
  if (typeof a === 'bigint' && typeof b === 'bigint') return checkInt(whole(a, b))
  if (isKind(a, 'uint') && isKind(b, 'uint')) return checkUint(whole(a.value, b.value))
  return typeof a === 'number' && typeof b === 'number' && fractional ? fractional(a, b) : fail()
}

export function add(a: Value, b: Value): Value {
  if (typeof a === 'string' && typeof b === 'string') return a + b
  if (isList(a) && isList(b)) return [...a, ...b]
  if (isBytes(a) && isBytes(b)) return Uint8Array.of(...a, ...b)
  if (isKind(a, 'duration') && isKind(b, 'duration')) return durationOf(a.ns + b.ns)
  if ((isKind(a, 'timestamp') && isKind(b, 'duration')) || (isKind(a, 'duration') && isKind(b, 'timestamp'))) return timestampOf(a.ns + b.ns)
  return calculate(a, b, (x, y) => x + y, (x, y) => x + y)
}

export function subtract(a: Value, b: Value): Value {
  if (isKind(a, 'timestamp') && isKind(b, 'duration')) return timestampOf(a.ns - b.ns)
  if ((isKind(a, 'timestamp') && isKind(b, 'timestamp')) || (isKind(a, 'duration') && isKind(b, 'duration'))) return durationOf(a.ns - b.ns)
  return calculate(a, b, (x, y) => x - y, (x, y) => x - y)
}

export const multiply = (a: Value, b: Value): Value => calculate(a, b, (x, y) => x * y, (x, y) => x * y)
export const divide = (a: Value, b: Value): Value => calculate(a, b, (x, y) => (y === 0n ? fail('divide by zero') : x / y), (x, y) => x / y)
export const modulo = (a: Value, b: Value): Value => calculate(a, b, (x, y) => (y === 0n ? fail('modulus by zero') : x % y), null)
export const negate = (value: Value): Value => (typeof value === 'bigint' ? checkInt(-value) : typeof value === 'number' ? -value : isKind(value, 'duration') ? durationOf(-value.ns) : fail())

// ---- Lists and maps

export const uintOf = (value: bigint): Value => ({ kind: 'uint', value })
export const bytesOf = (...bytes: readonly number[]): Value => Uint8Array.from(bytes)
export const typeOf = (name: string): Value => ({ kind: 'type', name })
export const type = (value: Value): Value => typeOf(typeName(value))
export function map(...entries: readonly (readonly [Value, Value])[]): Value {
  const made = new Map<Value, Value>()
  for (const [key, value] of entries) {
    if (!isKey(key)) fail('unsupported key type')
    if (find(made, key) !== undefined) fail('a key stands twice')
    made.set(key, value)
  }
  return made
}
const isKey = (key: Value): boolean => typeof key === 'string' || typeof key === 'boolean' || (typeof key !== 'number' && numeric(key) !== null)

export const select = (operand: Value, field: string): Value => (isMap(operand) ? (operand.get(field) ?? noKey(operand, field)) : fail())
const noKey = (map: ReadonlyMap<Value, Value>, key: string): null => (map.has(key) ? null : fail(`no such key: ${key}`))

/** `has(a.b)`: an error only where there is no `a`. */
export const has = (operand: Value, field: string): boolean => isMap(operand) && operand.has(field)

export function index(operand: Value, at: Value): Value {
  if (isMap(operand)) {
    const found = find(operand, at)
    return found === undefined ? fail('no such key') : found
  }
  const place = numeric(at)
  if (!isList(operand) || place === null) return fail()
  const item = operand[Number(place)]
  return item === undefined ? fail('index out of bounds') : item
}

export function isIn(value: Value, container: Value): boolean {
  if (isMap(container)) return find(container, value) !== undefined
  return isList(container) ? container.some((item) => isEqual(item, value)) : fail()
}

export function size(value: Value): Value {
  if (typeof value === 'string') return BigInt(lengthOf(value))
  if (isMap(value)) return BigInt(value.size)
  return isList(value) || isBytes(value) ? BigInt(value.length) : fail()
}

/** Code points. */
function lengthOf(text: string): number {
  let length = 0
  for (const _ of text) length++
  return length
}

// ---- Macros: all, exists, exists_one, map, filter are loops whose result so far may be an error that a later step forgives.

type Accumulated = Value | EvaluationError

export function fold(range: Value, first: Value, more: (item: Value, result: Accumulated) => Value, step: (item: Value, result: Accumulated) => Value, last: (result: Accumulated) => Value): Value {
  const items = isMap(range) ? range.keys() : isList(range) ? range : fail()
  let result: Accumulated = first
  for (const item of items) {
    if (more(item, result) === false) break
    try {
      result = step(item, result)
    } catch (error) {
      result = error instanceof EvaluationError ? error : new EvaluationError(String(error))
    }
  }
  return last(result)
}

export function read(result: Accumulated): Value {
  if (result instanceof EvaluationError) throw result
  return result
}

export function notStrictlyFalse(value: () => Value): boolean {
  try {
    return value() !== false
  } catch {
    return true
  }
}

/** The list is the loop's own: a copy for each item would make the loop quadratic. */
export function append(list: Value, item: Value): Value {
  ;(list as Value[]).push(item)
  return list
}

// ---- Texts

const text = (value: Value): string => (typeof value === 'string' ? value : fail())
export const contains = (value: Value, part: Value): boolean => text(value).includes(text(part))
export const startsWith = (value: Value, part: Value): boolean => text(value).startsWith(text(part))
export const endsWith = (value: Value, part: Value): boolean => text(value).endsWith(text(part))

/** A pattern of the expression's own; null: it is none. */
export function pattern(program: RegexpProgram | null): (value: Value) => boolean {
  const test = program && createTest(program)
  return (value) => (test ? test(text(value)) : fail('error parsing regexp'))
}
/** A pattern that is known with the request only. */
export const matches = (value: Value, source: Value, compile: (source: string) => (text: string) => boolean): boolean => compile(text(source))(text(value))
