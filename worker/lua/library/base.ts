/** Lua's base functions as gopher-lua has them. */
import { isOverflow } from '../../errors.ts'
import { checkKey, firstOf, invoke, metamethod, metatableOf, plainText } from '../operate.ts'
import { parseFloat, parseInteger, toInteger } from '../number.ts'
import { type Environment, GLOBALS, isLuaError, openGlobals, raise, spend, type State, throwValue, where } from '../state.ts'
import { after, finish, runThrough } from '../suspend.ts'
import { createTable, createUserdata, type Fn, isFunction, isSeveral, isTable, isUserdata, lengthOf, NONE, next, rawGet, rawSet, type Result, truthy, typeOf, type Value } from '../value.ts'
import { anyOf, argumentError, type Arguments, functionOf, integerOf, oneOfTypes, optionalInteger, optionalText, tableOf, textOf } from './arguments.ts'

/** As many results as gopher-lua's registers hold. */
const MAX_RESULTS = 5000

const assert: Fn = (state, ...given) => (truthy(given[0]) ? given : raise(state, optionalText(state, given, 2, 'assert', 'assertion failed!')))

const error: Fn = (state, ...given) => {
  const value = anyOf(state, given, 1, 'error')
  const level = optionalInteger(state, given, 2, 'error', 1)
  return typeof value === 'string' ? raise(state, value, level) : throwValue(value)
}

/** What pcall says of an error; errors of the gateway itself go on. */
function caught(state: State, error: unknown): Value {
  if (isLuaError(error) && !error.final) return error.value
  if (isOverflow(error)) return `${where(state)} stack overflow`
  throw error
}

/** What a call through a library costs, in turns of a loop. */
const CALL_COST = 20

/** A call whose errors are caught; `handle` makes the result of one, with the frames still there. */
function* guard(state: State, callee: Value, args: Arguments, handle: (value: Value) => Result): Generator<unknown, Result, unknown> {
  spend(state, CALL_COST)
  const { depth, tails, thread, lines } = state
  try {
    const results = yield* finish(invoke(state, callee, ...args))
    return [true, ...(isSeveral(results) ? results : [results])]
  } catch (problem) {
    const value = caught(state, problem)
    const handled = yield* finish(handle(value))
    Object.assign(state, { depth, tails, thread, lines, replacing: false })
    return [false, firstOf(handled)]
  }
}
const guarded = (state: State, callee: Value, args: Arguments, handle: (value: Value) => Result): Result => {
  const steps = guard(state, callee, args, handle)
  return state.waits ? steps : runThrough(steps)
}

const pcall: Fn = (state, ...given) => {
  const callee = anyOf(state, given, 1, 'pcall')
  if (!isFunction(callee) && !isFunction(metamethod(state, callee, '__call'))) return [false, `attempt to call a ${typeOf(callee)} value`]
  return guarded(state, callee, given.slice(1), (value) => [value])
}
const xpcall: Fn = (state, ...given) => {
  const callee = functionOf(state, given, 1, 'xpcall')
  const handler = functionOf(state, given, 2, 'xpcall')
  return guarded(state, callee, [], (value) => invoke(state, handler, value))
}

export const tostring = (state: State, value: Value): Result => {
  const handler = typeof value === 'object' ? metamethod(state, value, '__tostring') : undefined
  return isFunction(handler) ? after(invoke(state, handler, value), firstOf) : plainText(value)
}

const tonumber: Fn = (state, ...given) => {
  const base = optionalInteger(state, given, 2, 'tonumber', 10)
  const value = anyOf(state, given, 1, 'tonumber')
  if (typeof value !== 'string') return typeof value === 'number' ? value : undefined
  const text = value.replace(/^[ \n\t]+|[ \n\t]+$/g, '')
  if (text.includes('.')) return parseFloat(text)
  return given[1] === undefined && /^0x/i.test(text) ? parseInteger(text.slice(2), 16) : parseInteger(text, base)
}

const select: Fn = (state, ...given) => {
  oneOfTypes(state, given, 1, 'select', ['number', 'string'])
  const [which] = given
  if (typeof which === 'string') return which === '#' ? given.length - 1 : argumentError(state, 1, 'select', `invalid string '${which}'`)
  const wanted = toInteger(which as number)
  const from = wanted < 0 ? given.length + wanted : Math.min(wanted, given.length)
  return from < 1 ? argumentError(state, 1, 'select', 'index out of range') : given.slice(from)
}

const unpack: Fn = (state, ...given) => {
  const table = tableOf(state, given, 1, 'unpack')
  const from = optionalInteger(state, given, 2, 'unpack', 1)
  const to = optionalInteger(state, given, 3, 'unpack', lengthOf(table))
  if (to - from >= MAX_RESULTS) raise(state, 'registry overflow')
  const values: Value[] = []
  for (let i = from; i <= to; i++) values.push(i > 0 ? table.list[i - 1] : undefined)
  return values
}

/** What pairs and ipairs give to a loop: compiled loops know them and go through tables themselves (iterate.ts). */
export const pairsStep: Fn = (state, ...given) => next(tableOf(state, given, 1, 'pairs'), given[1]) ?? NONE
export const ipairsStep: Fn = (state, ...given) => {
  const i = integerOf(state, given, 2, 'ipairs') + 1
  const value = tableOf(state, given, 1, 'ipairs').list[i - 1]
  return value === undefined ? NONE : [i, value]
}
const nextOf: Fn = (state, ...given) => next(tableOf(state, given, 1, 'next'), given[1])

const setmetatable: Fn = (state, ...given) => {
  oneOfTypes(state, given, 2, 'setmetatable', ['nil', 'table'])
  const [target, meta] = given
  if (target === undefined) raise(state, 'cannot set metatable to a nil object.')
  if (metatableOf(state, target)?.hash?.get('__metatable') !== undefined) raise(state, 'cannot change a protected metatable')
  setMetatable(state, target, meta)
  return target
}

export function setMetatable(state: State, target: Value, meta: Value): void {
  const table = isTable(meta) ? meta : null
  if (isTable(target) || isUserdata(target)) target.meta = table
  else if (typeof target === 'string') state.texts = table
  else state.metas[typeOf(target)] = table
}
export const getMetatable = (state: State, value: Value): Value => {
  const meta = metatableOf(state, value)
  return meta ? (meta.hash?.get('__metatable') ?? meta) : undefined
}

const newproxy: Fn = (state, value) => {
  if (value === true) return createUserdata(null, createTable())
  return createUserdata(null, isUserdata(value) ? metatableOf(state, value) : null)
}

/** Functions of scripts that use setfenv carry their environment. */
const ENVIRONMENT: unique symbol = Symbol('environment')
export function withEnvironment(callee: Fn, environment: Environment): Fn {
  environment.callee = callee
  return Object.defineProperty(callee, ENVIRONMENT, { value: environment })
}
const environmentOf = (callee: Fn): Environment | undefined => (callee as { [ENVIRONMENT]?: Environment })[ENVIRONMENT]

/** The environment of a function, or of the one so many levels up. */
function environmentAt(state: State, which: Value): Environment | undefined {
  if (isFunction(which)) return environmentOf(which)
  const level = toInteger(which as number)
  return level > 0 ? state.environments[state.depth - level + 1] : undefined
}
const getfenv: Fn = (state, ...given) => environmentAt(state, given.length ? given[0] : 1)?.table ?? openGlobals(state)
const setfenv: Fn = (state, ...given) => {
  const table = tableOf(state, given, 2, 'setfenv')
  const environment = environmentAt(state, anyOf(state, given, 1, 'setfenv'))
  if (!environment) raise(state, 'cannot change the environment of given object')
  environment.table = table
  return environment.callee
}

/** Texts known when the script was compiled are functions; others can't be compiled where nothing may be evaluated. */
const loadstring: Fn = (state, ...given) => load(state, textOf(state, given, 1, 'loadstring'))
function load(state: State, text: string): Result {
  const chunk = state.chunks.get(text)
  if (typeof chunk === 'string') return [undefined, chunk]
  return chunk ?? [undefined, '<string> line:1(column:1) near \'\':   text that is not known when the gateway is built can not be loaded\n']
}
const loadFrom: Fn = (state, ...given) => {
  const reader = functionOf(state, given, 1, 'load')
  const steps = readAll(state, reader)
  return state.waits ? steps : runThrough(steps)
}
function* readAll(state: State, reader: Fn): Generator<unknown, Result, unknown> {
  let text = ''
  for (;;) {
    const piece = firstOf(yield* finish(invoke(state, reader)))
    if (piece === undefined || piece === '') return load(state, text)
    if (typeof piece !== 'string' && typeof piece !== 'number') return [undefined, 'reader function must return a string']
    text += plainText(piece)
  }
}
const loadfile: Fn = (state, ...given) => [undefined, `can not open file: ${given.length ? textOf(state, given, 1, 'loadfile') : ''}`]

const print: Fn = (state, ...given) => {
  const steps = printAll(state, given)
  return state.waits ? steps : runThrough(steps)
}
function* printAll(state: State, given: Arguments): Generator<unknown, Result, unknown> {
  const texts: string[] = []
  for (const value of given) texts.push(plainText(firstOf(yield* finish(tostring(state, value)))))
  state.host.print(texts.join('\t'))
  return NONE
}

export const BASE = {
  _G: GLOBALS,
  _VERSION: 'Lua 5.1',
  _GOPHER_LUA_VERSION: 'GopherLua 0.1',
  assert,
  collectgarbage: () => NONE,
  dofile: (state, ...given) => throwValue(`open ${textOf(state, given, 1, 'dofile')}: no such file or directory`),
  error,
  getfenv,
  getmetatable: (state, ...given) => getMetatable(state, anyOf(state, given, 1, 'getmetatable')),
  ipairs: (state, ...given) => [ipairsStep, tableOf(state, given, 1, 'ipairs'), 0],
  load: loadFrom,
  loadfile,
  loadstring,
  newproxy,
  next: nextOf,
  pairs: (state, ...given) => [pairsStep, tableOf(state, given, 1, 'pairs'), undefined],
  pcall,
  print,
  rawequal: (state, ...given) => anyOf(state, given, 1, 'rawequal') === anyOf(state, given, 2, 'rawequal'),
  rawget: (state, ...given) => rawGet(tableOf(state, given, 1, 'rawget'), anyOf(state, given, 2, 'rawget')),
  rawset: (state, ...given) => {
    const table = tableOf(state, given, 1, 'rawset')
    checkKey(state, anyOf(state, given, 2, 'rawset'))
    rawSet(table, given[1], anyOf(state, given, 3, 'rawset'))
    return NONE
  },
  select,
  setfenv,
  setmetatable,
  tonumber,
  tostring: (state, ...given) => tostring(state, anyOf(state, given, 1, 'tostring')),
  type: (state, ...given) => typeOf(anyOf(state, given, 1, 'type')),
  unpack,
  xpcall,
} satisfies { [name: string]: Value | typeof GLOBALS } as { readonly [name: string]: Value | typeof GLOBALS }

