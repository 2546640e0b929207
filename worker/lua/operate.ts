/** What compiled scripts call: results, tail calls, metatables, tables and globals. */
import { numberText } from './number.ts'
import { open, openGlobal, raise, type State } from './state.ts'
import { after, type Bounce, isBounce } from './suspend.ts'
import {
  createTable, type Fn, isFunction, isModule, isSeveral, isTable, type Module, rawGet, rawSet, type Result, type Table, typeOf, type Value,
} from './value.ts'

type Settled = Value | readonly Value[]

/** gopher-lua's MaxTableGetLoop. */
const MAX_CHAIN = 100

// ---- Results

/** A result's first value. Calls that were put off are made first. */
export function first(result: Result): Value {
  if (!isSeveral(result)) return result as Value
  return isBounce(result) ? first(settle(result)) : result[0]
}
export const firstOf = (settled: Settled): Value => (isSeveral(settled) ? settled[0] : settled)
export function all(result: Result): readonly Value[] {
  if (!isSeveral(result)) return [result as Value]
  return isBounce(result) ? all(settle(result)) : result
}
/** Makes the calls that were put off. */
export function settle(result: Result): Result {
  let settled = result
  while (isBounce(settled)) settled = settled.go()
  return settled
}

/** How many tail calls may be nested: each takes the engine's stack, though none of Lua's. */
const MAX_TAILS = 100

/** `return f(…)`: the caller's frame is given up. `depth` is the caller's. */
export function tail(state: State, depth: number, callee: Value, args: readonly Value[]): Result {
  const target = fn(state, callee)
  if (state.tails >= MAX_TAILS) {
    state.depth = depth - 1
    return bounce(state, target, args)
  }
  state.tails++
  state.replacing = true
  const result = target(state, ...args)
  state.replacing = false
  state.tails--
  state.depth = depth - 1
  return result
}

function bounce(state: State, target: Fn, args: readonly Value[]): Bounce {
  const list = [] as Value[] as Bounce
  list.go = () => {
    const { tails } = state
    state.tails = 0
    const result = target(state, ...args)
    state.tails = tails
    return result
  }
  return list
}

/** Calls from within a library: a result without calls that were put off. */
export const invoke = (state: State, callee: Value, ...args: Value[]): Result => settle(fn(state, callee)(state, ...args))

/** A function, or what stands for one: an error at the call, after its arguments. */
export const fn = (state: State, callee: Value): Fn => (typeof callee === 'function' ? callee : callable(state, callee))

function callable(state: State, callee: Value): Fn {
  const handler = metamethod(state, callee, '__call')
  if (isFunction(handler)) return (own, ...args) => handler(own, callee, ...args)
  return () => raise(state, 'attempt to call a non-function object')
}

// ---- Metatables

export function metatableOf(state: State, value: Value): Table | null {
  if (typeof value === 'object') {
    if (value.kind === 'table') return value.meta
    if (value.kind === 'userdata') return value.meta === null ? null : isModule(value.meta) ? open(state, value.meta) : value.meta
  }
  if (typeof value === 'string') return state.texts === null ? null : isModule(state.texts) ? (state.texts = open(state, state.texts)) : state.texts
  return state.metas[typeOf(value)] ?? null
}

export function metamethod(state: State, value: Value, event: string): Value {
  if (typeof value === 'object' && value.kind === 'table') return value.meta === null ? undefined : value.meta.hash?.get(event)
  return metatableOf(state, value)?.hash?.get(event)
}

/** The handler's result as one value, now or later. */
export const callHandler = (state: State, handler: Fn, ...args: Value[]): Value => after(settle(handler(state, ...args)), firstOf) as Value

// ---- Tables and globals

export function index(state: State, object: Value, key: Value): Value {
  if (typeof object === 'object' && object.kind === 'table') {
    const value = rawGet(object, key)
    if (value !== undefined || object.meta === null) return value
  }
  return indexMeta(state, object, key)
}

function indexMeta(state: State, object: Value, key: Value): Value {
  let current = object
  for (let i = 0; i < MAX_CHAIN; i++) {
    const table = isTable(current) ? current : null
    const value = table && rawGet(table, key)
    if (value !== undefined && value !== null) return value
    const handler = metamethod(state, current, '__index')
    if (handler === undefined) return table ? undefined : badIndex(state, current, key)
    if (isFunction(handler)) return callHandler(state, handler, current, key)
    current = handler
  }
  return raise(state, 'too many recursions in gettable')
}

const badIndex = (state: State, object: Value, key: Value): never => raise(state, `attempt to index a non-table object(${typeOf(object)}) with key '${plainText(key)}'`)

/** What Go prints of a value where no metamethod is asked. */
export const plainText = (value: Value): string => (typeof value === 'object' || typeof value === 'function' ? identity(value) : primitiveText(value))
const primitiveText = (value: undefined | boolean | number | string): string => (value === undefined ? 'nil' : typeof value === 'number' ? numberText(value) : String(value))

const identities = new WeakMap<object, string>()
let made = 0
/** An address that is none: a number of its own. */
function identity(value: object): string {
  const known = identities.get(value)
  if (known !== undefined) return known
  const text = `${typeOf(value as Value)}: 0x${(0xc000000000 + 32 * ++made).toString(16)}`
  identities.set(value, text)
  return text
}

export function setIndex(state: State, object: Value, key: Value, value: Value): Value {
  if (typeof object === 'object' && object.kind === 'table' && object.meta === null) {
    if (typeof key !== 'string') checkKey(state, key)
    rawSet(object, key, value)
    return undefined
  }
  return setMeta(state, object, key, value)
}

function setMeta(state: State, object: Value, key: Value, value: Value): Value {
  let current = object
  for (let i = 0; i < MAX_CHAIN; i++) {
    const table = isTable(current) ? current : null
    const handler = table && rawGet(table, key) !== undefined ? undefined : metamethod(state, current, '__newindex')
    if (handler === undefined) {
      if (!table) badIndex(state, current, key)
      checkKey(state, key)
      rawSet(table!, key, value)
      return undefined
    }
    if (isFunction(handler)) return callHandler(state, handler, current, key, value)
    current = handler
  }
  return raise(state, 'too many recursions in settable')
}

export function checkKey(state: State, key: Value): void {
  if (key === undefined) raise(state, 'table index is nil')
  if (typeof key === 'number' && Number.isNaN(key)) raise(state, 'table index is NaN')
}

export function getGlobal(state: State, name: string): Value {
  const value = state.globals.hash!.get(name) as Value | Module
  if (value === undefined) return state.globals.meta === null ? undefined : indexMeta(state, state.globals, name)
  return typeof value === 'object' && value.kind === 'module' ? openGlobal(state, value) : value
}

export function setGlobal(state: State, name: string, value: Value): Value {
  if (state.globals.meta !== null) return setMeta(state, state.globals, name, value)
  rawSet(state.globals, name, value)
  return undefined
}

/** A constructor's list; and its members, or both: `POSITION` stands for the next index. Those are set last, over keys that are written out. */
export const list = (values: Value[]): Table => createTable(values)
export const POSITION: unique symbol = Symbol('position')
export function table(state: State, members: readonly (Value | typeof POSITION)[]): Table {
  const made = createTable()
  const listed: Value[] = []
  for (let i = 0; i < members.length; i += 2) {
    const key = members[i]
    const value = members[i + 1] as Value
    if (key === POSITION) listed.push(value)
    else {
      checkKey(state, key)
      rawSet(made, key, value)
    }
  }
  made.list.splice(0, listed.length, ...listed)
  return made
}
