/** Values of Go templates. Go tells int and float64 apart, also when it prints them: an int is a bigint here, a float64 a number. */
import { byBytes } from '../url.ts'
import { formatFloat } from './float.ts'

/** undefined: no value, such as a key that is not there. null: an interface that holds nil. */
export type Value = undefined | null | boolean | bigint | number | string | Date | Struct | readonly Value[] | Dict
export type Dict = Map<string, Value>

/** Fields can be named and nothing else: a key that is not there is an error, unlike a map's. */
export interface Struct {
  struct: string
  fields: ReadonlyMap<string, Value>
  /** How it prints, if it has a way of its own. */
  text?: string
}

/** What JSON holds, as Go decodes it: every number is a float64. */
export function fromJson(value: unknown): Value {
  if (Array.isArray(value)) return value.map(fromJson)
  if (typeof value === 'object' && value !== null) return new Map(Object.entries(value).map(([key, item]) => [key, fromJson(item)]))
  // A half of a surrogate pair is U+FFFD in Go.
  return typeof value === 'string' ? value.toWellFormed() : (value as Value)
}

export const isList = (value: Value): value is readonly Value[] => Array.isArray(value)
export const isDict = (value: Value): value is Dict => value instanceof Map
export const isStruct = (value: Value): value is Struct => typeof value === 'object' && value !== null && 'struct' in value

export function typeOf(value: Value): string {
  if (value === undefined || value === null) return '<nil>'
  if (isList(value)) return '[]interface {}'
  if (isDict(value)) return 'map[string]interface {}'
  if (value instanceof Date) return 'time.Time'
  if (isStruct(value)) return value.struct
  return { boolean: 'bool', bigint: 'int', number: 'float64', string: 'string' }[typeof value as 'boolean' | 'bigint' | 'number' | 'string']
}

export function kindOf(value: Value): string {
  if (value === undefined || value === null) return 'invalid'
  if (isList(value)) return 'slice'
  if (isDict(value)) return 'map'
  return typeof value === 'object' ? 'struct' : typeOf(value)
}

/** False for what is empty, zero or nothing. Structs are true. */
export function isTrue(value: Value): boolean {
  if (isList(value)) return value.length > 0
  if (isDict(value)) return value.size > 0
  return typeof value === 'number' ? value !== 0 : Boolean(value)
}

/** As `%v` prints it. */
export function print(value: Value): string {
  if (value === undefined || value === null) return '<nil>'
  if (typeof value === 'number') return formatFloat(value, 'g', -1)
  if (isList(value)) return `[${value.map(print).join(' ')}]`
  if (isDict(value)) return `map[${sortedKeys(value).map((key) => `${key}:${print(value.get(key))}`).join(' ')}]`
  if (value instanceof Date) return `${value.toISOString().replace('T', ' ').replace(/\.?0*Z$/, '')} +0000 UTC`
  return isStruct(value) ? (value.text ?? `{${[...value.fields.values()].map(print).join(' ')}}`) : String(value)
}

export { byBytes }

export const sortedKeys = (dict: ReadonlyMap<string, Value>): string[] => [...dict.keys()].toSorted(byBytes)

/** reflect.DeepEqual: an int is no float64. */
export function equal(a: Value, b: Value): boolean {
  if (isList(a)) return isList(b) && a.length === b.length && a.every((item, i) => equal(item, b[i]))
  if (isDict(a)) return isDict(b) && a.size === b.size && [...a].every(([key, item]) => b.has(key) && equal(item, b.get(key)))
  if (a instanceof Date) return b instanceof Date && a.getTime() === b.getTime()
  return (a ?? null) === (b ?? null)
}
