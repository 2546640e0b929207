/** What Go's decoder makes of text that is no Unicode: each invalid byte and each lone surrogate becomes U+FFFD. */
import { sequenceLength } from '../url.ts'
import { strict } from '../utf8.ts'
import { escapedUnit, type Notes } from './scan.ts'

const REPLACEMENT = [0xef, 0xbf, 0xbd]

/** The text as Go reads it, or null if there is nothing to repair. */
export function repair(bytes: Uint8Array, notes: Notes): Uint8Array<ArrayBuffer> | null {
  if (!notes.loneSurrogate && !(notes.beyondAscii && !isUtf8(bytes))) return null
  const out: number[] = []
  for (let i = 0; i < bytes.length; ) {
    const escape = bytes[i] === 0x5c ? escapeLength(bytes, i) : 0
    const length = escape || sequenceLength(bytes, i)
    if (length && !(escape === 6 && isSurrogate(bytes, i))) for (let k = 0; k < length; k++) out.push(bytes[i + k]!)
    else out.push(...REPLACEMENT)
    i += length || 1
  }
  return Uint8Array.from(out)
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    strict.decode(bytes)
    return true
  } catch {
    return false
  }
}

const isSurrogate = (bytes: Uint8Array, i: number): boolean => (escapedUnit(bytes, i) & 0xf800) === 0xd800 && escapedUnit(bytes, i) > 0

/** 12 for a pair of escaped surrogates, 6 for another `\uXXXX`, 2 for a short escape. */
function escapeLength(bytes: Uint8Array, i: number): number {
  const unit = escapedUnit(bytes, i)
  if (unit < 0) return 2
  const low = unit >= 0xd800 && unit < 0xdc00 ? escapedUnit(bytes, i + 6) : -1
  return low >= 0xdc00 && low < 0xe000 ? 12 : 6
}
