/** JSON as KrakenD reads it, in the plainest way: the reference that the gateway's byte programs are held against. */
import fc from 'fast-check'

/** Numbers are their text. Of names that are there twice the last counts, as a whole. */
export type Value = null | boolean | string | { readonly number: string } | Value[] | Members
export type Members = Map<string, Value>

const encoder = new TextEncoder()
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The first value of a valid text. */
export function readJson(bytes: Uint8Array): Value {
  let at = 0
  const space = (): void => {
    while (' \t\r\n'.includes(String.fromCharCode(bytes[at] ?? 0x7f))) at++
  }
  const take = (character: string): boolean => {
    space()
    if (bytes[at] !== character.charCodeAt(0)) return false
    at++
    return true
  }
  const value = (): Value => {
    space()
    if (bytes[at] === 0x22) return text()
    if (take('{')) return members()
    if (take('[')) return items()
    const from = at
    while (at < bytes.length && !' \t\r\n,]}'.includes(String.fromCharCode(bytes[at]!))) at++
    const word = strict.decode(bytes.subarray(from, at))
    if (word === 'null') return null
    return word === 'true' ? true : word === 'false' ? false : { number: word }
  }
  const members = (): Members => {
    const found: Members = new Map()
    if (take('}')) return found
    do {
      space()
      const name = text()
      take(':')
      found.delete(name)
      found.set(name, value())
    } while (take(','))
    take('}')
    return found
  }
  const items = (): Value[] => {
    const found: Value[] = []
    if (take(']')) return found
    do found.push(value())
    while (take(','))
    take(']')
    return found
  }
  const text = (): string => {
    let out = ''
    for (at++; bytes[at] !== 0x22; ) {
      const piece = bytes[at] === 0x5c ? escaped(bytes, at) : plain(bytes, at)
      out += piece.text
      at += piece.length
    }
    at++
    // An escaped half of a pair that stands alone; an unescaped one is no UTF-8 and came as bytes.
    return out.toWellFormed()
  }
  return value()
}

/** A character, or U+FFFD for one byte that belongs to none. */
function plain(bytes: Uint8Array, at: number): { text: string; length: number } {
  for (let length = 1; length <= 4; length++) {
    try {
      return { text: strict.decode(bytes.subarray(at, at + length)), length }
    } catch {
      // A longer one may do.
    }
  }
  return { text: '\ufffd', length: 1 }
}

function escaped(bytes: Uint8Array, at: number): { text: string; length: number } {
  const length = bytes[at + 1] === 0x75 ? 6 : 2
  return { text: JSON.parse(`"${strict.decode(bytes.subarray(at, at + length))}"`) as string, length }
}

// ---- Random texts

const bytesOf = (text: string): number[] => [...encoder.encode(text)]
/** What a string may hold, some of it no Unicode. */
const piece = fc.oneof(
  fc.constantFrom('a', 'b', '1', '.', ' ', 'é', '\u{1F600}', '\u2028', '<&>', '\\n', '\\/', '\\\\', '\\"', '\\u0000', '\\u0061', '\\u00E9', '\\ud83d\\ude00').map(bytesOf),
  fc.constantFrom('\\ud800', '\\udc00', '\\udc00\\ud800', '\\ud83d\\ud83d\\ude00', '\\ud800\\u0061').map(bytesOf),
  fc.constantFrom([0xff], [0xe2, 0x82], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf0, 0x9f, 0x98], [0xf5, 0x80, 0x80, 0x80], [0xc3]),
)
const quoted = fc.array(piece, { maxLength: 4 }).map((pieces) => [0x22, ...pieces.flat(), 0x22])
export const NAMES = ['a', 'b', 'c', 'd', '__proto__', 'constructor', '1', 'é', ''] as const
/** Names that filters know, spelled in several ways, and others. */
const name = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...NAMES).map((text) => bytesOf(JSON.stringify(text))) },
  { weight: 1, arbitrary: fc.constantFrom('"\\u0061"', '"\\u0062"', '"\\u00e9"', '"a.b"').map(bytesOf) },
  { weight: 1, arbitrary: quoted },
)
const number = fc.oneof(
  fc.stringMatching(/^-?(0|[1-9]\d{0,25})(\.\d{1,20})?([eE][+-]?\d{1,3})?$/),
  fc.constantFrom('0.0000001', '1000000000000000000000', '-0', '-0.0', '1e400', '9007199254740993', '1.10', '123456789.12345678', '5e-324'),
)
const blank = fc.constantFrom('', '', '', ' ', '\n\t').map(bytesOf)
const COMMA = 0x2c

/** Bytes of a JSON object. */
export const { document } = fc.letrec<{ value: number[]; document: number[] }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    number.map(bytesOf),
    quoted,
    fc.constantFrom('true', 'false', 'null', '{}', '[]').map(bytesOf),
    fc.array(tie('value'), { maxLength: 3 }).map((items) => [0x5b, ...items.flatMap((item, i) => (i ? [COMMA, ...item] : item)), 0x5d]),
    tie('document'),
  ),
  document: fc.array(fc.tuple(blank, name, blank, tie('value'), blank), { maxLength: 6 }).map((members) => {
    const written = members.map(([before, key, between, value, after]) => [...before, ...key, ...between, 0x3a, ...between, ...value, ...after])
    return [0x7b, ...written.flatMap((member, i) => (i ? [COMMA, ...member] : member)), 0x7d]
  }),
}))
export const toBytes = (bytes: readonly number[]): Uint8Array<ArrayBuffer> => Uint8Array.from(bytes)
