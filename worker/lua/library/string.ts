/** The string library as gopher-lua has it. */
import { decode, encode } from '../bytes.ts'
import { format } from '../format.ts'
import { firstOf, index, invoke, plainText } from '../operate.ts'
import { numberText } from '../number.ts'
import { find, isPosition, type Match } from '../pattern.ts'
import { raise, reserve, spend, type State } from '../state.ts'
import { finish, runThrough } from '../suspend.ts'
import { createModule, type Fn, isFunction, isTable, NONE, type Result, truthy, type Value } from '../value.ts'
import { type Arguments, integerOf, oneOfTypes, optionalInteger, textOf } from './arguments.ts'

/** As many results as gopher-lua's registers hold. */
const MAX_RESULTS = 5000

/** gopher-lua's luaIndex2StringIndex. */
function position(text: string, at: number, start: boolean): number {
  let i = start && at !== 0 ? at - 1 : at
  if (i < 0) i += text.length + 1
  i = Math.max(0, i)
  return !start && i > text.length ? text.length : i
}

const byte: Fn = (state, ...given) => {
  const text = textOf(state, given, 1, 'byte')
  let from = optionalInteger(state, given, 2, 'byte', 1) - 1
  let to = optionalInteger(state, given, 3, 'byte', -1)
  if (from < 0) from += text.length + 1
  if (to < 0) to += text.length + 1
  if (given.length === 2) return from < 0 || from >= text.length ? NONE : text.charCodeAt(from)
  from = Math.max(from, 0)
  to = Math.min(to, text.length)
  if (to - from > MAX_RESULTS) raise(state, 'registry overflow')
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => text.charCodeAt(from + i))
}

const char: Fn = (state, ...given) => String.fromCharCode(...given.map((_, i) => ((integerOf(state, given, i + 1, 'char') % 256) + 256) % 256))

/** A capture's value: a position or a text. */
const capture = (text: string, match: Match, slot: number): Value => (isPosition(match, slot) ? match[slot] : text.slice(match[slot], match[slot + 1]))
function captures(text: string, match: Match): Value[] {
  const values: Value[] = []
  for (let slot = 2; slot < match.length; slot += 2) values.push(capture(text, match, slot))
  return values
}

const findIn: Fn = (state, ...given) => {
  const text = textOf(state, given, 1, 'find')
  const pattern = textOf(state, given, 2, 'find')
  if (pattern === '') return [1, 0]
  const from = position(text, optionalInteger(state, given, 3, 'find', 1), true)
  if (given.length === 4 && truthy(given[3])) {
    if (from > text.length) raise(state, `runtime error: slice bounds out of range [${from}:${text.length}]`, 0)
    const at = text.indexOf(pattern, from)
    return at < 0 ? undefined : [at + 1, at + pattern.length]
  }
  const [match] = find(state, pattern, text, from, 1)
  return match && [match[0]! + 1, match[1]!, ...captures(text, match)]
}

const match: Fn = (state, ...given) => {
  const text = textOf(state, given, 1, 'match')
  const pattern = textOf(state, given, 2, 'match')
  const at = optionalInteger(state, given, 3, 'match', 1)
  const [found] = find(state, pattern, text, Math.max(0, (at < 0 ? text.length + at + 1 : at) - 1), 1)
  if (!found) return NONE
  return found.length === 2 ? text.slice(found[0], found[1]) : captures(text, found)
}

const gmatch: Fn = (state, ...given) => {
  const text = textOf(state, given, 1, 'gmatch')
  const matches = find(state, textOf(state, given, 2, 'gmatch'), text, 0, -1)
  let at = 0
  return () => {
    const found = matches[at++]
    if (!found) return NONE
    return found.length === 2 ? text.slice(found[0], found[1]) : captures(text, found)
  }
}

const gsub: Fn = (state, ...given) => {
  const text = textOf(state, given, 1, 'gsub')
  const pattern = textOf(state, given, 2, 'gsub')
  oneOfTypes(state, given, 3, 'gsub', ['string', 'table', 'function'])
  const matches = find(state, pattern, text, 0, optionalInteger(state, given, 4, 'gsub', -1))
  if (!matches.length) return [text, 0]
  if (typeof given[2] === 'string') return [replace(state, text, matches, matches.map((found) => expand(state, given[2] as string, text, found))), matches.length]
  const steps = replaceEach(state, text, matches, given[2])
  return state.waits ? steps : runThrough(steps)
}

function* replaceEach(state: State, text: string, matches: readonly Match[], by: Value): Generator<unknown, Result, unknown> {
  const texts: (string | null)[] = []
  for (const found of matches) {
    const values = found.length === 2 ? [text.slice(found[0], found[1])] : captures(text, found)
    const result: Result = isFunction(by) ? invoke(state, by, ...values) : isTable(by) ? index(state, by, values[0]) : undefined
    const value = firstOf(yield* finish(result))
    texts.push(truthy(value) ? (typeof value === 'string' ? value : typeof value === 'number' ? numberText(value) : '') : null)
  }
  return [replace(state, text, matches, texts), matches.length]
}

/** null: what matched stays. */
function replace(state: State, text: string, matches: readonly Match[], texts: readonly (string | null)[]): string {
  const pieces: string[] = []
  let end = 0
  let length = text.length
  for (const [i, found] of matches.entries()) {
    const by = texts[i]
    if (by === null || by === undefined) continue
    pieces.push(text.slice(end, found[0]), by)
    end = found[1]!
    length += by.length
  }
  reserve(state, length)
  return pieces.join('') + text.slice(end)
}

/** `%1` and the like in a replacement. */
const expand = (state: State, template: string, text: string, found: Match): string =>
  template.replace(/%([\s\S])/g, (whole, sign: string) => {
    if (sign === '%') return '%'
    if (!/\d/.test(sign)) return whole
    let slot = 2 * Number(sign)
    if (slot > 2 && slot >= found.length) raise(state, 'invalid capture index')
    if (slot >= found.length) slot = 0
    return plainText(capture(text, found, slot))
  })

const rep: Fn = (state, ...given) => {
  const text = textOf(state, given, 1, 'rep')
  const times = Math.max(0, integerOf(state, given, 2, 'rep'))
  reserve(state, text.length * times)
  return text.repeat(times)
}

const sub: Fn = (state, ...given) => {
  const text = textOf(state, given, 1, 'sub')
  const from = position(text, integerOf(state, given, 2, 'sub'), true)
  const to = position(text, optionalInteger(state, given, 3, 'sub', -1), false)
  return from >= text.length || to < from ? '' : text.slice(from, to)
}

/** Character by character, as Go maps them: `ß` has no upper case. */
const mapCase = (text: string, change: (character: string) => string): string =>
  encode(decode(text).replace(/[^\0-\x7F]|[A-Za-z]+/gu, (part) => {
    const changed = change(part)
    return part.length > 2 || Array.from(changed).length === Array.from(part).length ? changed : part
  }))

/** What a format costs, in turns of a loop. */
const CALL_COST = 20

const formatted: Fn = (state, ...given) => {
  spend(state, CALL_COST)
  const text = format(textOf(state, given, 1, 'format'), given.slice(1), plainText)
  reserve(state, text.length)
  return text
}

const one = (name: string, change: (text: string) => Value): Fn => (state: State, ...given: Arguments) => change(textOf(state, given, 1, name))

export const STRING = createModule({
  byte,
  char,
  dump: (state) => raise(state, 'GopherLua does not support the string.dump'),
  find: findIn,
  format: formatted,
  gfind: gmatch,
  gmatch,
  gsub,
  len: one('len', (text) => text.length),
  lower: one('lower', (text) => mapCase(text, (part) => part.toLowerCase())),
  match,
  rep,
  reverse: one('reverse', (text) => Array.from(text).toReversed().join('')),
  sub,
  upper: one('upper', (text) => mapCase(text, (part) => part.toUpperCase())),
}, ['__index'])
