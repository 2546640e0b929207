/**
 * Lua's patterns as gopher-lua matches them (its package pm): compiled to a few instructions, run with a list of places to go back
 * to instead of recursion. Work is counted, so that a pattern that explodes ends as an error.
 */
import { raise, type State, spend } from './state.ts'

type Class = (code: number) => boolean
type Step =
  | { op: 'class'; matches: Class }
  /** So many of a class: as many or as few as will do. */
  | { op: 'repeat'; matches: Class; least: number; most: number; lazy: boolean }
  | { op: 'save'; slot: number }
  | { op: 'position'; slot: number }
  | { op: 'balance'; open: number; close: number }
  | { op: 'back'; slot: number }
  | { op: 'end' }
interface Pattern {
  steps: readonly Step[]
  /** Begins with `^`. */
  anchored: boolean
}

/** Slots 2n and 2n+1 are capture n's begin and end, 0 the whole. A position has its end as -1. */
export type Match = readonly number[]
export const isPosition = (match: Match, slot: number): boolean => match[slot + 1] === -1

/** Compiled patterns of this isolate. */
const cache = new Map<string, Pattern>()
const MOST_CACHED = 500

/** What a search costs before it has begun, in turns of a loop. */
const CALL_COST = 10

/** Matches from `start` on, at most so many (-1: all). */
export function find(state: State, pattern: string, text: string, start: number, limit: number): Match[] {
  spend(state, CALL_COST)
  const compiled = cache.get(pattern) ?? compile(state, pattern)
  const matches: Match[] = []
  for (let at = start; at <= text.length; ) {
    spend(state)
    const match = run(state, compiled, text, at)
    at++
    if (match) {
      at = Math.max(at, match[1]!)
      matches.push(match)
    }
    if (matches.length === limit || compiled.anchored) break
  }
  return matches
}

function compile(state: State, pattern: string): Pattern {
  const parser: Parser = { state, pattern, at: 0, steps: [{ op: 'save', slot: 0 }], slots: 2 }
  const anchored = pattern.startsWith('^')
  if (anchored) parser.at = 1
  parse(parser, true)
  parser.steps.push({ op: 'save', slot: 1 })
  if (parser.mustEnd) parser.steps.push({ op: 'end' })
  if (cache.size >= MOST_CACHED) cache.clear()
  const compiled = { steps: parser.steps, anchored }
  cache.set(pattern, compiled)
  return compiled
}

interface Parser {
  state: State
  pattern: string
  at: number
  steps: Step[]
  slots: number
  mustEnd?: boolean
}

const malformed = ({ state, pattern, at }: Parser, message: string): never => raise(state, `${message} at ${at >= pattern.length ? 'EOS' : at}`)

/** Up to the pattern's end, or to the `)` that closes a capture. */
function parse(parser: Parser, top: boolean): void {
  const { pattern, steps } = parser
  while (parser.at < pattern.length) {
    const character = pattern[parser.at]!
    if (character === '(') parseCapture(parser)
    else if (character === ')') return top ? malformed(parser, "invalid ')'") : undefined
    else if (character === '$' && top && parser.at === pattern.length - 1) {
      parser.mustEnd = true
      parser.at++
    } else if (character === '%' && /[0-9b]/.test(pattern[parser.at + 1] ?? '')) parseSpecial(parser)
    else if ('*+-?'.includes(character)) {
      parser.at++
      const last = steps.at(-1)!
      if (last.op === 'class') steps[steps.length - 1] = repeat(last.matches, character)
      else steps.push({ op: 'class', matches: exactly(character.charCodeAt(0)) })
    } else steps.push({ op: 'class', matches: parseClass(parser) })
  }
}

const repeat = (matches: Class, sign: string): Step => ({ op: 'repeat', matches, least: sign === '+' ? 1 : 0, most: sign === '?' ? 1 : Number.POSITIVE_INFINITY, lazy: sign === '-' })
const exactly = (code: number): Class => (other) => other === code

function parseCapture(parser: Parser): void {
  const slot = parser.slots
  parser.slots += 2
  parser.at++
  if (parser.pattern[parser.at] === ')') {
    parser.at++
    parser.steps.push({ op: 'position', slot })
    return
  }
  parser.steps.push({ op: 'save', slot })
  parse(parser, false)
  if (parser.pattern[parser.at] !== ')') malformed(parser, 'unfinished capture')
  parser.at++
  parser.steps.push({ op: 'save', slot: slot + 1 })
}

/** `%1` and `%b()`. */
function parseSpecial(parser: Parser): void {
  const { pattern, steps } = parser
  const sign = pattern[parser.at + 1]!
  if (sign === '0') malformed(parser, 'invalid capture index')
  if (sign === 'b') {
    steps.push({ op: 'balance', open: pattern.charCodeAt(parser.at + 2), close: pattern.charCodeAt(parser.at + 3) })
    parser.at = Math.min(parser.at + 4, pattern.length)
    return
  }
  steps.push({ op: 'back', slot: 2 * Number(sign) })
  parser.at += 2
}

const ANY: Class = () => true

function parseClass(parser: Parser): Class {
  const { pattern } = parser
  const character = pattern[parser.at++]!
  if (character === '.') return ANY
  if (character === '%') return named(pattern[parser.at++] ?? '')
  return character === '[' ? parseSet(parser) : exactly(character.charCodeAt(0))
}

function parseSet(parser: Parser): Class {
  const { pattern } = parser
  const negated = pattern[parser.at] === '^'
  if (negated) parser.at++
  const parts: { matches: Class; code: number }[] = []
  let range = false
  for (;;) {
    const character = pattern[parser.at]
    if (character === undefined) return raise(parser.state, `unexpected EOS at ${pattern.length - 1}`)
    parser.at++
    if (character === ']' && parts.length) break
    if (character === '-' && parts.length) {
      range = true
      continue
    }
    const escaped = character === '%'
    const code = escaped ? -1 : character.charCodeAt(0)
    parts.push({ code, matches: escaped ? named(pattern[parser.at++] ?? '') : exactly(code) })
    if (range) {
      const to = parts.pop()!
      const from = parts.pop()!
      // A class as an end makes a range that nothing is in.
      parts.push({ code: -1, matches: (other) => from.code >= 0 && to.code >= 0 && from.code <= other && other <= to.code })
      range = false
    }
  }
  if (range) parts.push({ code: 45, matches: exactly(45) })
  const classes = parts.map(({ matches }) => matches)
  return (code) => classes.some((matches) => matches(code)) !== negated
}

const between = (code: number, from: number, to: number): boolean => code >= from && code <= to
const isLower: Class = (code) => between(code, 97, 122)
const isUpper: Class = (code) => between(code, 65, 90)
const isDigit: Class = (code) => between(code, 48, 57)
const isLetter: Class = (code) => isLower(code) || isUpper(code)
const CLASSES: { readonly [letter: string]: Class } = {
  a: isLetter,
  c: (code) => code < 32 || code === 127,
  d: isDigit,
  l: isLower,
  p: (code) => between(code, 33, 47) || between(code, 58, 64) || between(code, 91, 96) || between(code, 123, 126),
  s: (code) => code === 32 || between(code, 9, 13),
  u: isUpper,
  w: (code) => isLetter(code) || isDigit(code),
  x: (code) => isDigit(code) || between(code, 97, 102) || between(code, 65, 70),
  z: (code) => code === 0,
}

function named(letter: string): Class {
  const known = CLASSES[letter.toLowerCase()]
  if (!known) return exactly(letter.charCodeAt(0))
  return letter === letter.toLowerCase() ? known : (code) => !known(code)
}

/** Where to go on if the rest does not match: the step, the place, and how far the place may still go; or a slot to be put back. */
interface Resume {
  step: number
  at: number
  least: number
  slot: number
  saved: number
}

/** Work is counted in portions: four characters are as much as a turn of a loop. */
const PORTION = 64

function run(state: State, { steps }: Pattern, text: string, start: number): Match | null {
  const slots: number[] = []
  const back: Resume[] = []
  let step = 0
  let at = start
  let work = 0
  for (;;) {
    if (step === steps.length) return slots
    if (++work >= PORTION) {
      spend(state, work >> 2)
      work = 0
    }
    const current = steps[step]!
    let matched = true
    if (current.op === 'class') {
      matched = at < text.length && current.matches(text.charCodeAt(at))
      at++
    } else if (current.op === 'repeat') {
      const most = current.lazy ? current.least : count(text, at, current)
      work += most
      matched = most >= current.least
      if (matched && (current.lazy || most > current.least)) back.push({ step, at: at + most, least: at + current.least, slot: -1, saved: 0 })
      at += most
    } else if (current.op === 'save') {
      back.push({ step, at, least: 0, slot: current.slot, saved: slots[current.slot] ?? 0 })
      slots[current.slot] = at
    } else if (current.op === 'position') {
      slots[current.slot] = at + 1
      slots[current.slot + 1] = -1
    } else if (current.op === 'balance') {
      at = closing(text, at, current.open, current.close)
      matched = at >= 0
    } else if (current.op === 'end') matched = at >= text.length
    else {
      const length = captured(state, slots, current.slot, text, at)
      matched = length >= 0
      at += length
    }
    if (matched) {
      step++
      continue
    }
    const resumed = goBack(steps, back, slots, text)
    if (!resumed) return null
    step = resumed.step
    at = resumed.at
  }
}

function count(text: string, from: number, { matches, most }: { matches: Class; most: number }): number {
  let at = from
  while (at < text.length && at - from < most && matches(text.charCodeAt(at))) at++
  return at - from
}

/** The last place from which another way is left. */
function goBack(steps: readonly Step[], back: Resume[], slots: number[], text: string): { step: number; at: number } | null {
  for (let last = back.at(-1); last; last = back.at(-1)) {
    if (last.slot >= 0) {
      slots[last.slot] = last.saved
      back.pop()
      continue
    }
    const { matches, lazy } = steps[last.step] as { matches: Class; lazy: boolean }
    if (lazy) {
      if (last.at < text.length && matches(text.charCodeAt(last.at))) return { step: last.step + 1, at: ++last.at }
      back.pop()
      continue
    }
    last.at--
    if (last.at === last.least) back.pop()
    return { step: last.step + 1, at: last.at }
  }
  return null
}

/** Behind the text between two characters that balance; -1: there is none. */
function closing(text: string, from: number, open: number, close: number): number {
  if (text.charCodeAt(from) !== open) return -1
  let depth = 1
  for (let at = from + 1; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === close) depth--
    if (depth === 0) return at + 1
    if (code === open) depth++
  }
  return -1
}

/** How long the capture is if it stands here once more; -1: it does not. */
function captured(state: State, slots: readonly number[], slot: number, text: string, at: number): number {
  if (slot >= slots.length - 1) raise(state, 'invalid capture index')
  const capture = text.slice(slots[slot], slots[slot + 1])
  return text.startsWith(capture, at) ? capture.length : -1
}
