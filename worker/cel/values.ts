/** CEL's values in JavaScript: int is a bigint, double a number, map a Map; what JavaScript has no type for has a `kind`. */

export type Value = null | boolean | bigint | number | string | Uint8Array | readonly Value[] | ReadonlyMap<Value, Value> | Uint | Timestamp | Duration | TypeValue
export interface Uint {
  readonly kind: 'uint'
  readonly value: bigint
}
/** Nanoseconds since 1970. */
export interface Timestamp {
  readonly kind: 'timestamp'
  readonly ns: bigint
}
export interface Duration {
  readonly kind: 'duration'
  readonly ns: bigint
}
export interface TypeValue {
  readonly kind: 'type'
  readonly name: string
}

/** The expression has no value: KrakenD aborts. `||` and `&&` may do without. */
export class EvaluationError extends Error {
  override name = 'EvaluationError'
}
export function fail(message = 'no such overload'): never {
  throw new EvaluationError(message)
}

const NAMES: { readonly [type: string]: string } = { boolean: 'bool', bigint: 'int', number: 'double', string: 'string' }
const KINDS: { readonly [kind in 'uint' | 'timestamp' | 'duration' | 'type']: string } = { uint: 'uint', timestamp: 'google.protobuf.Timestamp', duration: 'google.protobuf.Duration', type: 'type' }

export function typeName(value: Value): string {
  if (value === null) return 'null_type'
  if (typeof value !== 'object') return NAMES[typeof value]!
  if (Array.isArray(value)) return 'list'
  if (value instanceof Map) return 'map'
  return value instanceof Uint8Array ? 'bytes' : KINDS[(value as Uint).kind]
}

export const isList = (value: Value): value is readonly Value[] => Array.isArray(value)
export const isMap = (value: Value): value is ReadonlyMap<Value, Value> => value instanceof Map
export const isBytes = (value: Value): value is Uint8Array => value instanceof Uint8Array
export function isKind<K extends 'uint' | 'timestamp' | 'duration' | 'type'>(value: Value, kind: K): value is Extract<Value, { kind: K }> {
  return typeof value === 'object' && value !== null && (value as { kind?: string }).kind === kind && !isMap(value)
}

/** Any number; null for what is none. */
export function numeric(value: Value): bigint | number | null {
  if (typeof value === 'bigint' || typeof value === 'number') return value
  return isKind(value, 'uint') ? value.value : null
}

/** Values of different types are different; numbers are equal by their value. */
export function isEqual(a: Value, b: Value): boolean {
  const x = numeric(a)
  const y = numeric(b)
  if (x !== null) return y !== null && (typeof x === typeof y ? x === y : Number(x) === Number(y))
  if (isList(a)) return isList(b) && a.length === b.length && a.every((item, i) => isEqual(item, b[i]!))
  if (isMap(a)) return isMap(b) && a.size === b.size && [...a].every(([key, value]) => isEqualAt(b, key, value))
  if (isBytes(a)) return isBytes(b) && a.length === b.length && a.every((byte, i) => byte === b[i])
  if (isKind(a, 'timestamp')) return isKind(b, 'timestamp') && a.ns === b.ns
  if (isKind(a, 'duration')) return isKind(b, 'duration') && a.ns === b.ns
  if (isKind(a, 'type')) return isKind(b, 'type') && a.name === b.name
  return a === b
}

function isEqualAt(map: ReadonlyMap<Value, Value>, key: Value, value: Value): boolean {
  const found = find(map, key)
  return found !== undefined && isEqual(value, found)
}

/** A map's value; undefined: the key is not there. Numbers are found by their value. */
export function find(map: ReadonlyMap<Value, Value>, key: Value): Value | undefined {
  const found = map.get(key)
  if (found !== undefined || numeric(key) === null) return found
  for (const [own, value] of map) if (isEqual(own, key)) return value
  return undefined
}

/** Negative, 0, positive. Fails where the two have no order. */
export function compare(a: Value, b: Value): number {
  const x = numeric(a)
  const y = numeric(b)
  // An int and a double are compared as doubles, as in Go: beyond 53 bits some are equal that are not.
  if (x !== null && y !== null) return typeof x === typeof y ? order(x, y) : order(Number(x), Number(y))
  if (typeof a === 'string' && typeof b === 'string') return compareTexts(a, b)
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b)
  if (isBytes(a) && isBytes(b)) return compareBytes(a, b)
  if ((isKind(a, 'timestamp') && isKind(b, 'timestamp')) || (isKind(a, 'duration') && isKind(b, 'duration'))) return order(a.ns, b.ns)
  return fail()
}

function order(x: bigint | number, y: bigint | number): number {
  if (Number.isNaN(x) || Number.isNaN(y)) fail('NaN values cannot be ordered')
  return x < y ? -1 : x > y ? 1 : 0
}

/** By code points, as UTF-8 sorts. */
function compareTexts(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    // Surrogates stand for what is beyond the rest.
    if (x !== y) return (x >= 0xd800 && x < 0xe000 ? x + 0x10000 : x) - (y >= 0xd800 && y < 0xe000 ? y + 0x10000 : y)
  }
  return a.length - b.length
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!
  return a.length - b.length
}
