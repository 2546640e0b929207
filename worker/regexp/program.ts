/**
 * Regular expressions of a configuration, in Go's syntax and with Go's meaning. They are compiled to these programs at build time
 * (compiler/regexp.ts), so no parser is in the bundle. Both matchers take time linear in the text, whatever the pattern is; the
 * platform's own RegExp backtracks and would let a client stall the gateway.
 */

/** Numbers are places in `code`. */
export interface RegexpProgram {
  code: readonly Instruction[]
  start: number
  /** Capturing groups, the whole match not counted, and those of them that have a name. */
  groups: number
  names: { readonly [name: string]: number }
}

export type Instruction =
  /** One character in one of the ranges: first, last, first, last … in order. */
  | readonly ['one', next: number, ranges: readonly number[]]
  /** The first way is preferred. */
  | readonly ['split', first: number, second: number]
  /** Goes on where all of these hold. */
  | readonly ['where', next: number, conditions: number]
  /** Begin or end of a group. */
  | readonly ['save', next: number, slot: number]
  | readonly ['match']

export const LINE_BEGIN = 1
export const LINE_END = 2
export const TEXT_BEGIN = 4
export const TEXT_END = 8
export const BOUNDARY = 16
export const NO_BOUNDARY = 32

/** Stands for what is before and behind the text. */
export const NOTHING = -1

/** What holds between two characters. */
export function conditionsBetween(before: number, behind: number): number {
  let conditions = isWord(before) === isWord(behind) ? NO_BOUNDARY : BOUNDARY
  if (before === NOTHING) conditions |= TEXT_BEGIN | LINE_BEGIN
  else if (before === 10) conditions |= LINE_BEGIN
  if (behind === NOTHING) conditions |= TEXT_END | LINE_END
  else if (behind === 10) conditions |= LINE_END
  return conditions
}

/** Go's \w is ASCII. */
export const isWord = (character: number): boolean =>
  (character >= 97 && character <= 122) || (character >= 65 && character <= 90) || (character >= 48 && character <= 57) || character === 95

export function isWithin(ranges: readonly number[], character: number): boolean {
  for (let i = 0; i < ranges.length; i += 2) if (character <= ranges[i + 1]!) return character >= ranges[i]!
  return false
}

/** The character at `i`, or nothing behind the end. What is no Unicode counts as U+FFFD, as in Go. */
export function characterAt(text: string, i: number): number {
  const character = text.codePointAt(i) ?? NOTHING
  return character >= 0xd800 && character <= 0xdfff ? 0xfffd : character
}

/** How many units of UTF-16 it takes. */
export const widthOf = (character: number): number => (character > 0xffff ? 2 : 1)
