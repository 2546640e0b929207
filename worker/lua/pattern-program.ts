/** A Lua pattern taken apart, as gopher-lua's package pm reads it. */
import { raise, type State } from './state.ts'

export type Class = (code: number) => boolean
export type Step =
  | { op: 'class'; matches: Class }
  /** So many of a class: as many or as few as will do. */
  | { op: 'repeat'; matches: Class; least: number; most: number; lazy: boolean }
  | { op: 'save'; slot: number }
  | { op: 'position'; slot: number }
  | { op: 'balance'; open: number; close: number }
  | { op: 'back'; slot: number }
  | { op: 'end' }
export interface Pattern {
  steps: readonly Step[]
  /** Begins with `^`. */
  anchored: boolean
}

/** Compiled patterns of this isolate. */
const cache = new Map<string, Pattern>()
const MOST_CACHED = 500

export function compile(state: State, pattern: string): Pattern {
  const known = cache.get(pattern)
  if (known) return known
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

const malformed = ({ state, pattern, at }: Parser, message: string, back = 0): never => raise(state, `${message} at ${at >= pattern.length || at < back ? 'EOS' : at - back}`)

/** Up to the pattern's end, or to the `)` that closes a capture. */
function parse(parser: Parser, top: boolean): void {
  const { pattern, steps } = parser
  while (parser.at < pattern.length) {
    const character = pattern[parser.at]!
    if (character === '(') parseCapture(parser)
    else if (character === ')') return top ? malformed(parser, "invalid ')'", 1) : undefined
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
