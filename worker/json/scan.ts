/**
 * A validating scanner over the bytes of a JSON text: finds where values end and which members an object has, and builds
 * nothing. Half a nanosecond a byte; JSON.parse and JSON.stringify of the same text take eight times that (bench/NOTES.md).
 * `| 0` keeps positions machine integers: V8 would box what a call gives, and check each sum for overflow.
 *
 * It accepts what Go's decoder accepts. All functions take the position of a first byte and give the position behind.
 */

export const QUOTE = 0x22
export const COMMA = 0x2c
const MINUS = 0x2d
const COLON = 0x3a
const BACKSLASH = 0x5c
export const OPEN_BRACKET = 0x5b
export const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
/** Go's decoder refuses what is nested deeper. */
const MAX_DEPTH = 10_000

/** What a scan noticed on its way. */
export interface Notes {
  /** Bytes beyond ASCII: they may be no UTF-8. */
  beyondAscii: boolean
  /** An escaped surrogate without its other half. */
  loneSurrogate: boolean
}

/** Thrown for a text that is no JSON, or is cut. */
export const MALFORMED: unique symbol = Symbol('malformed JSON')

/** 1: stands for itself within a string. */
const PLAIN = new Uint8Array(256).fill(1, 0x20, 0x80)
PLAIN[QUOTE] = PLAIN[BACKSLASH] = 0
const SPACE = new Uint8Array(256)
for (const c of ' \t\r\n') SPACE[c.charCodeAt(0)] = 1
const DIGIT = new Uint8Array(256).fill(1, 0x30, 0x3a)
const HEX = new Uint8Array(256).fill(1, 0x30, 0x3a).fill(1, 0x41, 0x47).fill(1, 0x61, 0x67)
const SHORT_ESCAPE = new Uint8Array(256)
for (const c of '"\\/bfnrt') SHORT_ESCAPE[c.charCodeAt(0)] = 1

/** What closes each open container. One text is scanned at a time, in one go, so they can share it. */
const closers = new Uint8Array(MAX_DEPTH)

export function skipSpace(b: Uint8Array, i: number): number {
  while (SPACE[b[i]!]) i = (i + 1) | 0
  return i
}

/** Calls within it cost more than what they would do: strings and spaces are looked at here first. `around`: how deep the value stands. */
export function skipValue(b: Uint8Array, i: number, notes: Notes, around = 0): number {
  i |= 0
  let depth = 0
  let close = 0
  const most = MAX_DEPTH - around
  for (;;) {
    // In an object each value has its name before it.
    if (close === CLOSE_BRACE) {
      if (b[i] !== QUOTE) throw MALFORMED
      i = (i + 1) | 0
      while (PLAIN[b[i]!]) i = (i + 1) | 0
      i = b[i] === QUOTE ? (i + 1) | 0 : skipString(b, i, notes) | 0
      if (b[i] === COLON && b[(i + 1) | 0]! > 0x20) i = (i + 1) | 0
      else i = skipColon(b, i) | 0
    }
    const c = b[i]!
    if (c === QUOTE) {
      i = (i + 1) | 0
      while (PLAIN[b[i]!]) i = (i + 1) | 0
      i = b[i] === QUOTE ? (i + 1) | 0 : skipString(b, i, notes) | 0
    } else if (c === OPEN_BRACE || c === OPEN_BRACKET) {
      if (depth === most) throw MALFORMED
      i = (i + 1) | 0
      if (b[i]! <= 0x20) i = skipSpace(b, i) | 0
      if (b[i] !== c + 2) {
        closers[depth++] = close
        close = c + 2
        continue
      }
      i = (i + 1) | 0
    } else if (DIGIT[c] || c === MINUS) i = skipNumber(b, i) | 0
    else i = skipWord(b, i) | 0
    for (;;) {
      if (depth === 0) return i
      let d = b[i]!
      if (d <= 0x20) d = b[(i = skipSpace(b, i) | 0)]!
      if (d === COMMA) {
        i = (i + 1) | 0
        if (b[i]! <= 0x20) i = skipSpace(b, i) | 0
        break
      }
      if (d !== close) throw MALFORMED
      close = closers[--depth]!
      i = (i + 1) | 0
    }
  }
}

export function skipColon(b: Uint8Array, i: number): number {
  i = skipSpace(b, i) | 0
  if (b[i] !== COLON) throw MALFORMED
  return skipSpace(b, i + 1)
}

/** From behind the opening quote. */
export function skipString(b: Uint8Array, i: number, notes: Notes): number {
  for (;;) {
    while (PLAIN[b[i]!]) i = (i + 1) | 0
    const c = b[i]!
    if (c === QUOTE) return i + 1
    if (c === BACKSLASH) i = skipEscape(b, i, notes)
    else if (c >= 0x80) {
      notes.beyondAscii = true
      while (b[i]! >= 0x80) i = (i + 1) | 0
    } else throw MALFORMED
  }
}

function skipEscape(b: Uint8Array, i: number, notes: Notes): number {
  if (SHORT_ESCAPE[b[i + 1]!]) return i + 2
  const unit = escapedUnit(b, i)
  if (unit < 0) throw MALFORMED
  if ((unit & 0xf800) !== 0xd800) return i + 6
  const low = unit < 0xdc00 ? escapedUnit(b, i + 6) : -1
  if ((low & 0xfc00) === 0xdc00 && low > 0) return i + 12
  notes.loneSurrogate = true
  return i + 6
}

/** The UTF-16 unit of a `\uXXXX` at `i`, or -1. */
export function escapedUnit(b: Uint8Array, i: number): number {
  if (b[i] !== BACKSLASH || b[i + 1] !== 0x75) return -1
  let unit = 0
  for (let k = i + 2; k < i + 6; k++) {
    const c = b[k]!
    if (!HEX[c]) return -1
    unit = unit * 16 + (c & 0xf) + (c > 0x39 ? 9 : 0)
  }
  return unit
}

/** `true`, `false` or `null`. */
function skipWord(b: Uint8Array, i: number): number {
  const c = b[i]!
  if (c === 0x74 && b[i + 1] === 0x72 && b[i + 2] === 0x75 && b[i + 3] === 0x65) return i + 4
  if (c === 0x6e && b[i + 1] === 0x75 && b[i + 2] === 0x6c && b[i + 3] === 0x6c) return i + 4
  if (c === 0x66 && b[i + 1] === 0x61 && b[i + 2] === 0x6c && b[i + 3] === 0x73 && b[i + 4] === 0x65) return i + 5
  throw MALFORMED
}

function skipNumber(b: Uint8Array, i: number): number {
  if (b[i] === MINUS) i = (i + 1) | 0
  if (b[i] === 0x30) i = (i + 1) | 0
  else i = skipDigits(b, i)
  if (b[i] === 0x2e) i = skipDigits(b, i + 1)
  if (b[i] === 0x65 || b[i] === 0x45) {
    i = (i + 1) | 0
    if (b[i] === 0x2b || b[i] === MINUS) i = (i + 1) | 0
    i = skipDigits(b, i)
  }
  return i
}

function skipDigits(b: Uint8Array, i: number): number {
  if (!DIGIT[b[i]!]) throw MALFORMED
  while (DIGIT[b[i]!]) i = (i + 1) | 0
  return i
}
