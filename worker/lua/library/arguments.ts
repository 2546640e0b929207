/** A library function's arguments, read as gopher-lua reads them: numbers count as texts, and some read texts as numbers. */
import { numberText, parseNumber, toInteger } from '../number.ts'
import { raise, type State } from '../state.ts'
import { type Fn, isFunction, isTable, isThread, isUserdata, type Table, type Thread, typeOf, type Userdata, type Value } from '../value.ts'

export type Arguments = readonly Value[]

export const argumentError = (state: State, at: number, name: string, message: string): never => raise(state, `bad argument #${at} to ${name} (${message})`)
const wrongType = (state: State, given: Arguments, at: number, name: string, expected: string): never =>
  argumentError(state, at, name, `${expected} expected, got ${typeOf(given[at - 1])}`)

export const anyOf = (state: State, given: Arguments, at: number, name: string): Value => (at > given.length ? argumentError(state, at, name, 'value expected') : given[at - 1])

export function textOf(state: State, given: Arguments, at: number, name: string): string {
  const value = given[at - 1]
  if (typeof value === 'string') return value
  return typeof value === 'number' ? numberText(value) : wrongType(state, given, at, name, 'string')
}
export function optionalText(state: State, given: Arguments, at: number, name: string, otherwise: string): string {
  const value = given[at - 1]
  if (value === undefined) return otherwise
  return typeof value === 'string' ? value : wrongType(state, given, at, name, 'string')
}
export function numberOf(state: State, given: Arguments, at: number, name: string): number {
  const value = given[at - 1]
  const number = typeof value === 'string' ? parseNumber(value) : value
  return typeof number === 'number' ? number : wrongType(state, given, at, name, 'number')
}
/** Texts are no integers. */
export function integerOf(state: State, given: Arguments, at: number, name: string): number {
  const value = given[at - 1]
  return typeof value === 'number' ? toInteger(value) : wrongType(state, given, at, name, 'number')
}
export const optionalInteger = (state: State, given: Arguments, at: number, name: string, otherwise: number): number => (given[at - 1] === undefined ? otherwise : integerOf(state, given, at, name))

export function booleanOf(state: State, given: Arguments, at: number, name: string): boolean {
  const value = given[at - 1]
  return typeof value === 'boolean' ? value : wrongType(state, given, at, name, 'boolean')
}
export function tableOf(state: State, given: Arguments, at: number, name: string): Table {
  const value = given[at - 1]
  return isTable(value) ? value : wrongType(state, given, at, name, 'table')
}
export function functionOf(state: State, given: Arguments, at: number, name: string): Fn {
  const value = given[at - 1]
  return isFunction(value) ? value : wrongType(state, given, at, name, 'function')
}
export function userdataOf(state: State, given: Arguments, at: number, name: string): Userdata {
  const value = given[at - 1]
  return isUserdata(value) ? value : wrongType(state, given, at, name, 'userdata')
}
export function threadOf(state: State, given: Arguments, at: number, name: string): Thread {
  const value = given[at - 1]
  return isThread(value) ? value : wrongType(state, given, at, name, 'thread')
}
export function oneOfTypes(state: State, given: Arguments, at: number, name: string, types: readonly string[]): void {
  const type = typeOf(given[at - 1])
  if (!types.includes(type)) argumentError(state, at, name, `${types.join(' or ')} expected, got ${type}`)
}
