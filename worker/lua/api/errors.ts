/** custom_error, and what becomes of an error that no script catches (transform/RULES.md §2, Errors). */
import { isOverflow } from '../../errors.ts'
import { decode } from '../bytes.ts'
import { plainText } from '../operate.ts'
import { toInteger } from '../number.ts'
import { NOT_IN_HEADERS } from '../../header-value.ts'
import { isLuaError, raise, type State, where } from '../state.ts'
import type { Fn, Value } from '../value.ts'
import { numberOf, textOf } from '../library/arguments.ts'
import type { Failure } from '../../types.ts'

const SEPARATOR = ' || '

export const customError: Fn = (state, ...given) => {
  if (!given.length) return raise(state, 'need arguments')
  const parts = [textOf(state, given, 1, 'custom_error')]
  parts.push(given.length === 1 ? '-1' : plainText(toInteger(numberOf(state, given, 2, 'custom_error'))))
  if (given.length > 2) parts.push(textOf(state, given, 3, 'custom_error'))
  return raise(state, parts.join(SEPARATOR))
}

/** Scripts by which lines are counted, as krakend-lua does it: `[name, lines]`. Lines of sources come first, also for a script behind them. */
export type SourceMap = readonly (readonly [name: string, lines: number])[]

/** The failure that an uncaught error is. Errors of the gateway itself are thrown again. */
export function toFailure(state: State, error: unknown, sources: SourceMap): Failure {
  if (isOverflow(error)) return describe(state, `${where(state)} stack overflow`, sources)
  if (!isLuaError(error)) throw error
  return describe(state, text(error.value), sources)
}
/** An error without a place has gopher-lua's traceback behind it. */
const text = (value: Value): string => plainText(value)

/** Go's server writes a line break in a header as a blank. */
const NOT_SENT = new RegExp(NOT_IN_HEADERS, 'g')

function describe({ host }: State, whole: string, sources: SourceMap): Failure {
  const [, line, rest] = /^[^:]*:(\d+):(.*)$/s.exec(whole) ?? []
  const message = rest === undefined ? whole : rest.replace(/^ +| +$/g, '')
  const [first, code, type] = message.split(SEPARATOR) as [string, string?, string?]
  if (code === undefined) return failure(withPlace(message, line === undefined ? 0 : Number(line), sources))
  const status = /^[+-]?\d+$/.test(code) ? Number(code) : 500
  if (status === -1) return failure(first)
  return { ...failure(first), status: statusOf(status), ...(type !== undefined && { type: host.toField(type.replace(NOT_SENT, ' ')) }) }
}

const failure = (message: string): Failure => ({ kind: 'refused', message: decode(message) })

/** 0 and less leave the status as it is; what no Response can have is a fault of the script. */
const statusOf = (status: number): number => (status <= 0 ? 200 : status >= 200 && status < 600 ? status : 500)

function withPlace(message: string, line: number, sources: SourceMap): string {
  let passed = 0
  for (const [name, lines] of sources) {
    passed += lines
    if (passed >= line) return `${message} (${name}:L${lines - (passed - line)})`
  }
  return message
}
