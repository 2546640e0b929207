/** The os library as gopher-lua has it, in UTC. There are neither files nor commands. */
import { encode } from '../bytes.ts'
import { parseNumber, toInteger } from '../number.ts'
import { raise, throwValue } from '../state.ts'
import { createModule, createTable, type Fn, isTable, rawGet, rawSet, type Table, typeOf, type Value } from '../value.ts'
import { anyOf, argumentError, integerOf, textOf } from './arguments.ts'

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']
const two = (number: number): string => String(number).padStart(2, '0')
const four = (number: number): string => String(number).padStart(4, '0')

/** gopher-lua's strftime: a few of its flags name Go layouts that mean something else, and so they do here. */
const FLAGS: { readonly [flag: string]: (date: Date) => string } = {
  a: () => 'mon',
  A: (date) => DAYS[date.getUTCDay()]!,
  b: (date) => MONTHS[date.getUTCMonth()]!.slice(0, 3),
  B: (date) => MONTHS[date.getUTCMonth()]!,
  c: (date) => `${two(date.getUTCDate())} ${MONTHS[date.getUTCMonth()]!.slice(0, 3)} ${two(date.getUTCFullYear() % 100)} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())} UTC`,
  d: (date) => two(date.getUTCDate()),
  F: (date) => `${four(date.getUTCFullYear())}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`,
  H: (date) => two(date.getUTCHours()),
  I: (date) => two(date.getUTCHours() % 12 || 12),
  m: (date) => two(date.getUTCMonth() + 1),
  M: (date) => two(date.getUTCMinutes()),
  p: (date) => (date.getUTCHours() < 12 ? 'AM' : 'PM'),
  P: (date) => (date.getUTCHours() < 12 ? 'am' : 'pm'),
  S: (date) => two(date.getUTCSeconds()),
  w: (date) => String(date.getUTCDay()),
  x: (date) => `${two(date.getUTCHours())}/${two(date.getUTCMinutes())}/${two(date.getUTCSeconds())}`,
  X: (date) => `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`,
  y: (date) => two(date.getUTCFullYear() % 100),
  Y: (date) => four(date.getUTCFullYear()),
  z: () => '+0000',
  Z: () => 'UTC',
}

const date: Fn = (state, ...given) => {
  const layout = given.length ? textOf(state, given, 1, 'date').replace(/^!+/, '') : '%c'
  const time = new Date(given.length > 1 ? integerOf(state, given, 2, 'date') * 1000 : state.host.now())
  if (Number.isNaN(time.getTime())) return raise(state, 'time out of range')
  if (layout.startsWith('*t')) return parts(time)
  return layout.replace(/%([\s\S])/g, (whole, flag: string) => (flag === '%' ? '%' : (FLAGS[flag]?.(time) ?? whole)))
}

function parts(time: Date): Table {
  const table = createTable()
  const members: readonly [string, Value][] = [
    ['year', time.getUTCFullYear()], ['month', time.getUTCMonth() + 1], ['day', time.getUTCDate()],
    ['hour', time.getUTCHours()], ['min', time.getUTCMinutes()], ['sec', time.getUTCSeconds()],
    ['wday', time.getUTCDay() + 1], ['yday', 0], ['isdst', false],
  ]
  for (const [key, value] of members) rawSet(table, key, value)
  return table
}

const time: Fn = (state, ...given) => {
  const table = given.length ? anyOf(state, given, 1, 'time') : undefined
  if (table === undefined) return Math.floor(state.host.now() / 1000)
  if (!isTable(table)) return argumentError(state, 1, 'time', `table expected, got ${typeOf(table)}`)
  const field = (name: string, otherwise: number): number => integerField(rawGet(table, name), otherwise)
  const date = new Date(0)
  date.setUTCFullYear(field('year', -1), field('month', -1) - 1, field('day', -1))
  date.setUTCHours(field('hour', 12), field('min', 0), field('sec', 0))
  return Math.floor(date.getTime() / 1000)
}

function integerField(value: Value, otherwise: number): number {
  if (typeof value === 'number') return toInteger(value)
  if (typeof value !== 'string') return otherwise
  const text = value.replace(/^ +/, '')
  const decimal = /^0(?!x)/i.test(text) ? text.replace(/^0+/, '') || '0' : text
  const number = parseNumber(decimal)
  return number === undefined ? otherwise : toInteger(number)
}

const getenv: Fn = (state, ...given) => {
  const value = state.host.environment(textOf(state, given, 1, 'getenv'))
  return value ? encode(value) : undefined
}

const noFile = (name: string, verb: string): Fn => (state, ...given) => [undefined, `${verb} ${textOf(state, given, 1, name)}: no such file or directory`]

export const OS = createModule({
  clock: (state) => (state.host.now() - state.host.startedAt) / 1000,
  date,
  difftime: (state, ...given) => integerOf(state, given, 1, 'difftime') - integerOf(state, given, 2, 'difftime'),
  // No command ever succeeds, and a script can't end the gateway.
  execute: (state, ...given) => (textOf(state, given, 1, 'execute'), 1),
  exit: () => throwValue('os.exit ends this script'),
  getenv,
  remove: noFile('remove', 'remove'),
  rename: noFile('rename', 'rename'),
  setenv: () => [undefined, 'setenv: not permitted'],
  setlocale: () => false,
  time,
  tmpname: (state) => raise(state, 'unable to generate a unique filename'),
})
