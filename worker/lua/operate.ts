/** What compiled scripts call: Lua's operators with their metamethods and gopher-lua's messages. */
import { numberText, parseNumber, modulo, power } from './number.ts'
import { MAX_TEXT, open, openGlobal, raise, type State } from './state.ts'
import { after, type Bounce, finish, isBounce, isPending, type Pending } from './suspend.ts'
import {
  createTable, type Fn, isFunction, isModule, isTable, lengthOf, type Module, NONE, rawGet, rawSet, type Result, type Table, truthy, typeOf, type Value,
} from './value.ts'

type Settled = Value | readonly Value[]

/** gopher-lua's MaxTableGetLoop. */
const MAX_CHAIN = 100

// ---- Results

/** A result's first value. Calls that were put off are made first. */
export function first(result: Result): Value {
  if (!(result instanceof Array)) return result as Value
  return isBounce(result) ? first(settle(result)) : (result[0] as Value)
}
export const firstOf = (settled: Settled): Value => (settled instanceof Array ? (settled[0] as Value) : (settled as Value))
export function all(result: Result): readonly Value[] {
  if (!(result instanceof Array)) return [result as Value]
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
const callHandler = (state: State, handler: Fn, ...args: Value[]): Value => after(settle(handler(state, ...args)), firstOf) as Value

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
  return typeof value === 'object' && value.kind === 'module' ? openGlobal(state, value) : (value as Value)
}

export function setGlobal(state: State, name: string, value: Value): Value {
  if (state.globals.meta !== null) return setMeta(state, state.globals, name, value)
  rawSet(state.globals, name, value)
  return undefined
}

/** A constructor's list; and its members, or both in the order in which they are written: `POSITION` stands for the next index. */
export const list = (values: Value[]): Table => createTable(values)
export const POSITION: unique symbol = Symbol('position')
export function table(state: State, members: readonly (Value | typeof POSITION)[]): Table {
  const made = createTable()
  for (let i = 0; i < members.length; i += 2) {
    const key = members[i]
    const value = members[i + 1] as Value
    if (key === POSITION) made.list.push(value)
    else {
      checkKey(state, key)
      rawSet(made, key, value)
    }
  }
  return made
}

// ---- Operators

const ARITHMETIC = {
  add: (a: number, b: number) => a + b,
  sub: (a: number, b: number) => a - b,
  mul: (a: number, b: number) => a * b,
  div: (a: number, b: number) => a / b,
  mod: modulo,
  pow: power,
}

export const add = (state: State, a: Value, b: Value): Value => (typeof a === 'number' && typeof b === 'number' ? a + b : arithmetic(state, 'add', a, b))
export const sub = (state: State, a: Value, b: Value): Value => (typeof a === 'number' && typeof b === 'number' ? a - b : arithmetic(state, 'sub', a, b))
export const mul = (state: State, a: Value, b: Value): Value => (typeof a === 'number' && typeof b === 'number' ? a * b : arithmetic(state, 'mul', a, b))
export const div = (state: State, a: Value, b: Value): Value => (typeof a === 'number' && typeof b === 'number' ? a / b : arithmetic(state, 'div', a, b))
export const mod = (state: State, a: Value, b: Value): Value => (typeof a === 'number' && typeof b === 'number' ? modulo(a, b) : arithmetic(state, 'mod', a, b))
export const pow = (state: State, a: Value, b: Value): Value => (typeof a === 'number' && typeof b === 'number' ? power(a, b) : arithmetic(state, 'pow', a, b))

function arithmetic(state: State, name: keyof typeof ARITHMETIC, a: Value, b: Value): Value {
  const handler = metamethod(state, a, `__${name}`) ?? metamethod(state, b, `__${name}`)
  if (isFunction(handler)) return callHandler(state, handler, a, b)
  const left = typeof a === 'string' ? (parseNumber(a) ?? a) : a
  const right = typeof b === 'string' ? (parseNumber(b) ?? b) : b
  if (typeof left === 'number' && typeof right === 'number') return ARITHMETIC[name](left, right)
  return raise(state, `cannot perform ${name} operation between ${typeOf(left)} and ${typeOf(right)}`)
}

export function unm(state: State, a: Value): Value {
  if (typeof a === 'number') return -a
  const handler = metamethod(state, a, '__unm')
  if (isFunction(handler)) return callHandler(state, handler, a)
  const number = typeof a === 'string' ? parseNumber(a) : undefined
  return number === undefined ? raise(state, '__unm undefined') : -number
}

export function len(state: State, a: Value): Value {
  if (typeof a === 'string') return a.length
  const handler = metamethod(state, a, '__len')
  if (isFunction(handler)) return callHandler(state, handler, a)
  return isTable(a) ? lengthOf(a) : raise(state, '__len undefined')
}

/** Equal without a look into metatables, or the same handler of both says so. */
export function eq(state: State, a: Value, b: Value): Value {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a.kind !== b.kind) return false
  return compare(state, a, b, '__eq') ?? false
}
export const ne = (state: State, a: Value, b: Value): Value => not(eq(state, a, b))
const not = (value: Value): Value => (isPending(value) ? (after(value, (settled) => !truthy(firstOf(settled))) as Value) : !value)

function compare(state: State, a: Value, b: Value, event: string): Value {
  const handler = metamethod(state, a, event)
  if (!isFunction(handler) || handler !== metamethod(state, b, event)) return undefined
  return after(settle(handler(state, a, b)), (settled) => truthy(firstOf(settled))) as Value
}

export function lt(state: State, a: Value, b: Value): Value {
  if (typeof a === 'number' && typeof b === 'number') return a < b
  if (typeof a === 'string' && typeof b === 'string') return a < b
  if (typeOf(a) !== typeOf(b)) return incomparable(state, a, b)
  return compare(state, a, b, '__lt') ?? incomparable(state, a, b)
}
export function le(state: State, a: Value, b: Value): Value {
  if (typeof a === 'number' && typeof b === 'number') return a <= b
  if (typeof a === 'string' && typeof b === 'string') return a <= b
  if (typeOf(a) !== typeOf(b)) return incomparable(state, a, b)
  return compare(state, a, b, '__le') ?? not(compare(state, b, a, '__lt') ?? incomparable(state, b, a))
}
/** `a > b` is `b < a`, its operands evaluated from the left. */
export const gt = (state: State, a: Value, b: Value): Value => lt(state, b, a)
export const ge = (state: State, a: Value, b: Value): Value => le(state, b, a)
const incomparable = (state: State, a: Value, b: Value): never => raise(state, `attempt to compare ${typeOf(a)} with ${typeOf(b)}`)

const isPrintable = (value: Value): value is number | string => typeof value === 'string' || typeof value === 'number'
const textOf = (value: number | string): string => (typeof value === 'string' ? value : numberText(value))

export function concat(state: State, a: Value, b: Value): Value {
  if (isPrintable(a) && isPrintable(b)) {
    const text = textOf(a) + textOf(b)
    return text.length > MAX_TEXT ? raise(state, 'not enough memory: text too long') : text
  }
  const handler = metamethod(state, a, '__concat') ?? metamethod(state, b, '__concat')
  if (isFunction(handler)) return callHandler(state, handler, a, b)
  return raise(state, `cannot perform concat operation between ${typeOf(a)} and ${typeOf(b)}`)
}

/** `a .. b .. c`, from the right. */
export function concatAll(state: State, values: readonly Value[]): Value {
  let joined = values.at(-1)
  for (let i = values.length - 2; i >= 0; i--) {
    if (isPending(joined)) return joinLater(state, values, i, joined)
    joined = concat(state, values[i], joined)
  }
  return joined
}
function joinLater(state: State, values: readonly Value[], last: number, waiting: Pending): Value {
  return after(waiting, (settled) => concatAll(state, [...values.slice(0, last + 1), firstOf(settled)])) as Value
}

export { NONE, finish, truthy }
