/**
 * luaTable, luaList and luaNil: the answer's data as scripts see them (transform/RULES.md §2). A list is a Go slice: its length is its
 * own, the entries are shared with the answer.
 */
import { decode, encode } from '../bytes.ts'
import { plainText } from '../operate.ts'
import { parseInteger, shortest, toInteger } from '../number.ts'
import { raise, spend, type State } from '../state.ts'
import { createModule, createUserdata, type Fn, isTable, isUserdata, type Module, NONE, type Result, type Table, type Userdata, type Value } from '../value.ts'
import { type Arguments, numberOf, textOf, userdataOf } from '../library/arguments.ts'
import { byBytes } from '../../url.ts'
import { exposed, isObject, member, numberText as rawText, setMember, withDoubles } from '../../json/data.ts'
import type { JsonObject } from '../../types.ts'

export interface LuaTable {
  readonly kind: 'luaTable'
  readonly data: JsonObject
}
export interface LuaList {
  readonly kind: 'luaList'
  entries: unknown[]
  length: number
  /** It came with the answer, and so did its numbers: Go keeps those as texts. */
  readonly upstream: boolean
}

const wrapTable = (data: JsonObject): Userdata => createUserdata({ kind: 'luaTable', data } satisfies LuaTable, TABLE)
const wrapList = (entries: unknown[], upstream = false): Userdata => createUserdata({ kind: 'luaList', entries, length: entries.length, upstream } satisfies LuaList, LIST)
const wrapNull = (): Userdata => createUserdata(null, NIL)

export const tableOfData = wrapTable
export const listOfTexts = (texts: readonly string[]): Userdata => wrapList(texts.map(decode))

const isLuaTable = (value: unknown): value is LuaTable => typeof value === 'object' && (value as LuaTable | null)?.kind === 'luaTable'
const isLuaList = (value: unknown): value is LuaList => typeof value === 'object' && (value as LuaList | null)?.kind === 'luaList'

function subject<T>(state: State, given: Arguments, name: string, is: (value: unknown) => value is T): T {
  const { value } = userdataOf(state, given, 1, name)
  return is(value) ? value : raise(state, 'response expected')
}
const count = (state: State, given: Arguments, wanted: number): void => {
  if (given.length !== wanted) raise(state, 'need arguments')
}

/** JSON → a script's value. */
function toValue(json: unknown): Value {
  if (json === null) return wrapNull()
  if (typeof json === 'string') return encode(json)
  if (typeof json === 'boolean' || typeof json === 'number') return json
  if (Array.isArray(json)) return wrapList(json, true)
  const number = rawText(json)
  if (number !== null) return Number(number)
  return wrapTable(isObject(json) ? json : exposed(json as JsonObject))
}

/** What a state has for the API. */
export interface Subject {
  /** Numbers are marked as a script's: expressions are to tell them from an upstream's. */
  doubles?: boolean
}

/** What a value leaves in the data; undefined: nothing. */
function toJson(state: State, value: Value): unknown {
  if (typeof value === 'string') return decode(value)
  if (typeof value === 'number') return (state.subject as Subject).doubles ? withDoubles(value) : value
  if (typeof value === 'boolean') return value
  if (isTable(value)) return tableToJson(state, value)
  return isUserdata(value) ? userdataToJson(value) : undefined
}

function userdataToJson({ value }: Userdata): unknown {
  if (value === null) return null
  if (isLuaTable(value)) return value.data
  if (!isLuaList(value)) return undefined
  // What the answer keeps is the slice of this moment; later changes of its entries are seen in both.
  if (value.entries.length !== value.length) value.entries = value.entries.slice(0, value.length)
  return value.entries
}

/** How deep a native table may be: it may hold itself, which KrakenD does not survive. Twice in itself, it would also never end: each entry is paid for. */
const MAX_DEPTH = 200

/** A native table is an object; inside of it, one with whole numbers for keys is a list, and an empty one is null. */
function tableToJson(state: State, table: Table, depth = 0): JsonObject {
  const object: JsonObject = {}
  if (depth > MAX_DEPTH) return object
  const add = (key: string, value: Value): void => {
    spend(state)
    const json = isTable(value) ? innerToJson(state, value, depth + 1) : toJson(state, value)
    if (json !== undefined) setMember(object, key, json)
  }
  for (const [i, value] of table.list.entries()) if (value !== undefined) add(String(i + 1), value)
  for (const [key, value] of table.hash ?? []) if (value !== undefined) add(keyText(key), value)
  return object
}

const keyText = (key: Value): string => decode(plainText(key))

function innerToJson(state: State, table: Table, depth: number): unknown {
  const object = tableToJson(state, table, depth)
  const entries = Object.entries(object)
  if (!entries.length) return null
  const numbered = entries.map(([key, value]) => [parseInteger(key, 10), value] as const)
  if (numbered.some(([key]) => key === undefined)) return object
  return [...new Map(numbered)].toSorted(([a], [b]) => a! - b!).map(([, value]) => value)
}

// ---- luaTable

const key = (state: State, given: Arguments, name: string): string => decode(textOf(state, given, 2, name))

const tableGet: Fn = (state, ...given) => {
  count(state, given, 2)
  const { data } = subject(state, given, 'get', isLuaTable)
  const name = key(state, given, 'get')
  return Object.hasOwn(data, name) ? toValue(member(data, name)) : NONE
}
const tableSet: Fn = (state, ...given) => {
  count(state, given, 3)
  const { data } = subject(state, given, 'set', isLuaTable)
  const name = key(state, given, 'set')
  const json = toJson(state, given[2])
  if (json !== undefined) setMember(data, name, json)
  return NONE
}
const tableDel: Fn = (state, ...given) => {
  count(state, given, 2)
  const { data } = subject(state, given, 'del', isLuaTable)
  delete data[key(state, given, 'del')]
  return NONE
}

export const TABLE: Module = createModule({
  new: () => wrapTable({}),
  __index: createModule({
    get: tableGet,
    set: tableSet,
    del: tableDel,
    len: (state, ...given) => Object.keys(subject(state, given, 'len', isLuaTable).data).length,
    keys: (state, ...given) => {
      const names = Object.keys(subject(state, given, 'keys', isLuaTable).data)
      spend(state, names.length)
      return wrapList(names.toSorted(byBytes))
    },
    keyExists: (state, ...given) => {
      count(state, given, 2)
      return Object.hasOwn(subject(state, given, 'keyExists', isLuaTable).data, key(state, given, 'keyExists'))
    },
  }),
})

// ---- luaList

/** Lists hold no more than this: an index far out would fill all before it with null. */
const MAX_LENGTH = 1_000_000

const listGet = (state: State, ...given: Value[]): Result => {
  count(state, given, 2)
  const { entries, length } = subject(state, given, 'get', isLuaList)
  const at = toInteger(numberOf(state, given, 2, 'get'))
  return at < 0 || at >= length ? NONE : toValue(entries[at])
}
const listSet: Fn = (state, ...given) => {
  count(state, given, 3)
  const list = subject(state, given, 'set', isLuaList)
  const at = toInteger(numberOf(state, given, 2, 'set'))
  if (at < 0) return NONE
  if (at >= MAX_LENGTH) raise(state, 'not enough memory: list too long')
  if (at >= list.length) {
    spend(state, at >> 2)
    // A new slice: the answer keeps the old one.
    list.entries = list.entries.slice(0, list.length)
    while (list.entries.length <= at) list.entries.push(null)
    list.length = at + 1
  }
  const json = toJson(state, given[2])
  if (json !== undefined) list.entries[at] = json
  return NONE
}
const listDel: Fn = (state, ...given) => {
  count(state, given, 2)
  const list = subject(state, given, 'del', isLuaList)
  const at = toInteger(numberOf(state, given, 2, 'del'))
  if (at < 0 || at >= list.length) return NONE
  list.entries.copyWithin(at, at + 1, list.length)
  list.entries[--list.length] = null
  return NONE
}

export const LIST: Module = createModule({
  new: () => wrapList([]),
  __index: createModule({ get: listGet, set: listSet, del: listDel, len: (state, ...given) => subject(state, given, 'len', isLuaList).length }),
})

export const NIL: Module = createModule({ new: wrapNull, __index: createModule({}) })

/** The entries of a luaList as header values: what is no text is written as Go's %s writes it. */
export function textsOf(state: State, value: Value): string[] {
  const list = isUserdata(value) ? value.value : undefined
  if (!isLuaList(list)) return raise(state, 'invalid header value, must be a luaList')
  return list.entries.slice(0, list.length).map((entry) => encode(goText(state, entry, list.upstream)))
}

/** Go's %s. What `d:set('d', d)` makes of the answer has no end. */
function goText(state: State, json: unknown, upstream: boolean): string {
  spend(state)
  if (typeof json === 'string') return json
  if (json === null) return '%!s(<nil>)'
  if (typeof json === 'boolean') return `%!s(bool=${json})`
  const number = rawText(json)
  if (number !== null) return upstream ? number : `%!s(float64=${shortest(Number(number))})`
  if (Array.isArray(json)) return `[${json.map((item) => goText(state, item, upstream)).join(' ')}]`
  return `map[${Object.keys(json as JsonObject).toSorted(byBytes).map((name) => `${name}:${goText(state, (json as JsonObject)[name], upstream)}`).join(' ')}]`
}

/** From here on Go's encoder looks whether a table holds itself. */
const MAX_NESTED = 1000

/** NaN and infinite numbers, and tables within themselves: Go can't write them as JSON. */
export function hasUnwritable(json: unknown, depth = 0, around = new Set<object>()): boolean {
  if (typeof json === 'number') return !Number.isFinite(json)
  if (typeof json !== 'object' || json === null) return false
  if (around.has(json)) return true
  if (depth > MAX_NESTED) around.add(json)
  const found = Object.values(json).some((value) => hasUnwritable(value, depth + 1, around))
  around.delete(json)
  return found
}
