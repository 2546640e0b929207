/** Lua's values in JavaScript. nil is undefined; texts are bytes, one a character (bytes.ts), so that `#s` counts them. */
import type { State } from './state.ts'
import type { Pending } from './suspend.ts'

export type Value = undefined | boolean | number | string | Fn | Table | Userdata | Thread
/** One value as it is; none or several as a list. A script that may wait gives a generator (suspend.ts). */
export type Result = Value | readonly Value[] | Pending
export type Fn = (state: State, ...args: Value[]) => Result

export interface Table {
  readonly kind: 'table'
  /** Keys 1, 2, 3, … with gaps as undefined, as gopher-lua keeps them: `#t` is the last that is not nil. */
  list: Value[]
  /** Keys far beyond the list's end stand in the hash, so that `t[id] = x` takes no room for all that is before it. */
  far: boolean
  /** Other keys in the order in which they came. A key set to nil keeps its place. */
  hash: Map<Value, Value> | null
  /** The hash is that of a library: it is copied before it is changed. */
  shared: boolean
  meta: Table | null
  /** Where `next` stopped. */
  cursor: { key: Value; keys: Iterator<Value> } | null
}
export interface Userdata {
  readonly kind: 'userdata'
  readonly value: unknown
  /** Its methods: a library whose table is its metatable; or a metatable of newproxy. */
  meta: Module | Table | null
}
export interface Thread {
  readonly kind: 'thread'
  status: 'suspended' | 'running' | 'normal' | 'dead'
  body: Fn
  steps: Generator<unknown, Result, unknown> | null
  wrapped: boolean
  depth: number
  lines: number[]
  parent: Thread | null
}
/** A library: made into a table for a state that asks for it. */
export interface Module {
  readonly kind: 'module'
  readonly entries: ReadonlyMap<Value, Value | Module>
  /** Entries that are libraries or the library itself: the table can't share the entries. */
  readonly nested: boolean
  /** What a state's own table needs beside the entries. */
  readonly prepare: ((state: State, table: Table) => void) | null
}

export const NONE: readonly Value[] = Object.freeze([])

export const createTable = (list: Value[] = []): Table => ({ kind: 'table', list, far: false, hash: null, shared: false, meta: null, cursor: null })
export const createUserdata = (value: unknown, meta: Module | Table | null): Userdata => ({ kind: 'userdata', value, meta })

/** `self`: the names under which the library stands in itself. */
export function createModule(entries: { readonly [name: string]: Value | Module }, self: readonly string[] = [], prepare: Module['prepare'] = null): Module {
  const map = new Map<Value, Value | Module>(Object.entries(entries))
  const module: Module = { kind: 'module', entries: map, nested: self.length > 0 || [...map.values()].some(isModule), prepare }
  for (const name of self) map.set(name, module)
  return module
}

/** Several results, or none. */
export const isSeveral = (result: unknown): result is readonly Value[] => Array.isArray(result)
export const isModule = (value: unknown): value is Module => typeof value === 'object' && value !== null && (value as Module).kind === 'module'
export const isTable = (value: unknown): value is Table => typeof value === 'object' && (value as Table).kind === 'table'
export const isUserdata = (value: unknown): value is Userdata => typeof value === 'object' && (value as Userdata).kind === 'userdata'
export const isThread = (value: unknown): value is Thread => typeof value === 'object' && (value as Thread).kind === 'thread'
export const isFunction = (value: unknown): value is Fn => typeof value === 'function'

export function typeOf(value: Value): string {
  if (value === undefined) return 'nil'
  return typeof value === 'object' ? value.kind : typeof value
}

export const truthy = (value: unknown): boolean => value !== undefined && value !== false

/** gopher-lua's MaxArrayIndex. */
const MAX_INDEX = 67_108_864
const isIndex = (key: Value): key is number => typeof key === 'number' && key > 0 && key < MAX_INDEX && Number.isInteger(key)

export function rawGet(table: Table, key: Value): Value {
  if (typeof key === 'string') return table.hash?.get(key)
  if (!isIndex(key)) return table.hash?.get(key)
  return key > table.list.length && table.far ? table.hash!.get(key) : table.list[key - 1]
}

/** How far beyond the end a key may be for the list to be filled up to it. */
const MAX_GAP = 1024

/** Keys that are nil or NaN are for the caller to refuse. */
export function rawSet(table: Table, key: Value, value: Value): void {
  if (isIndex(key)) {
    const { list } = table
    if (key <= list.length) {
      list[key - 1] = value
      return
    }
    if (key - list.length <= MAX_GAP && value !== undefined) {
      while (list.length < key - 1) list.push(table.far ? takeFar(table, list.length + 1) : undefined)
      if (table.far) takeFar(table, key)
      list.push(value)
      return
    }
    if (value !== undefined) table.far = true
  }
  if (table.shared) {
    table.hash = new Map(table.hash)
    table.shared = false
  }
  if (value !== undefined) (table.hash ??= new Map()).set(key, value)
  else if (table.hash?.has(key)) table.hash.set(key, undefined)
}

function takeFar({ hash }: Table, key: number): Value {
  const value = hash!.get(key)
  if (value !== undefined) hash!.set(key, undefined)
  return value
}

export function lengthOf({ list }: Table): number {
  let last = list.length
  while (last > 0 && list[last - 1] === undefined) last--
  return last
}

/** The key behind `key` and its value, in gopher-lua's order; undefined at the end. */
export function next(table: Table, key: Value): readonly [Value, Value] | undefined {
  const { list, hash } = table
  if (key === undefined || (typeof key === 'number' && Number.isInteger(key) && key > 0 && key <= list.length)) {
    for (let i = key ?? 0; i < list.length; i++) if (list[i] !== undefined) return [i + 1, list[i]]
    table.cursor = null
  }
  if (!hash) return undefined
  const keys = keysAfter(table, hash, key)
  for (let step = keys.next(); !step.done; step = keys.next()) {
    const value = hash.get(step.value)
    if (value === undefined) continue
    table.cursor = { key: step.value, keys }
    return [step.value, value]
  }
  return undefined
}

function keysAfter(table: Table, hash: Map<Value, Value>, key: Value): Iterator<Value> {
  if (table.cursor && table.cursor.key === key) return table.cursor.keys
  const keys = hash.keys()
  if (key === undefined || !hash.has(key)) return keys
  for (let step = keys.next(); !step.done && step.value !== key; ) step = keys.next()
  return keys
}
