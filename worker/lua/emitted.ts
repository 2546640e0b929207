/** What compiled scripts are handed: the names by which the compiler's text calls the run time (compiler/lua/emit.ts). */
import { withEnvironment } from './library/base.ts'
import { iterate } from './iterate.ts'
import * as operate from './operate.ts'
import * as operator from './operator.ts'
import { enter, openGlobals, raise, spend, type State } from './state.ts'
import { finish, Generators } from './suspend.ts'
import { createTable, type Fn, NONE, rawSet, truthy, type Value } from './value.ts'

/** Evaluates what stands beside it after it: `keep(value, lines[depth] = 7)`. */
const keep = <T>(value: T): T => value

/** LUA_COMPAT_VARARG: the arguments behind the named ones as a table. */
function arg(rest: Value[]): Value {
  const table = createTable(rest.slice())
  rawSet(table, 'n', rest.length)
  return table
}

const loopNumber = (state: State, value: Value, what: string): number => (typeof value === 'number' ? value : raise(state, `for statement ${what} must be a number`))

export const EMITTED = { ...operate, ...operator, withEnvironment, iterate, enter, openGlobals, spend, finish, Generators, NONE, truthy, keep, arg, loopNumber }
export type Emitted = typeof EMITTED

/** What a compiled text gives: each part a function, or what is wrong with its text. */
export interface Program {
  sources: Fn | string | null
  pre: Fn | string | null
  post: Fn | string | null
  /** Texts that loadstring may be given. */
  chunks: readonly (readonly [text: string, chunk: Fn | string])[]
}
export type Compiled = (emitted: Emitted) => Program
