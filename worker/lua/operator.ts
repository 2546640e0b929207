/** Lua's operators with their metamethods and gopher-lua's messages. */
import { callHandler, firstOf, metamethod, settle } from './operate.ts'
import { modulo, numberText, parseNumber, power } from './number.ts'
import { MAX_TEXT, raise, type State } from './state.ts'
import { after, isPending, type Pending } from './suspend.ts'
import { isFunction, isTable, lengthOf, truthy, typeOf, type Value } from './value.ts'

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
