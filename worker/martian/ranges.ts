/** A part of a body, for a request that asks for a Range (transform/RULES.md §1; martian's body_modifier.go). */
import { concat } from '../json/data.ts'
import type { Failure } from '../types.ts'
import type { Answered } from './exchange.ts'

/** More than this of parts is no honest request: each part is a copy. */
const MAX_PARTS = 100

export function applyRange(answer: Answered, bytes: Uint8Array<ArrayBuffer>, type: string, range: string): void {
  const parts = readRanges(range, bytes.length)
  if (!parts) {
    answer.status = 416
    return
  }
  answer.status = 206
  const [only] = parts
  if (parts.length === 1) {
    answer.body = cut(bytes, only!)
    answer.fields.set('content-range', rangeOf(only!, bytes))
  } else {
    const boundary = [...crypto.getRandomValues(new Uint8Array(30))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
    answer.body = join(parts, bytes, type, boundary)
    answer.fields.set('content-type', `multipart/byteranges; boundary=${boundary}`)
  }
  answer.fields.set('content-length', String(answer.body.length))
}

type Range = readonly [from: number, to: number]

/** null: no range that could be. Rejects what is no number. */
function readRanges(header: string, length: number): Range[] | null {
  const ranges: Range[] = []
  // Go trims any of these letters off, not the word.
  const listed = header.toLowerCase().replace(/^[bytes=]+/, '').split(',')
  if (listed.length > MAX_PARTS) return null
  for (const text of listed) {
    const [from, to, ...more] = (text.endsWith('-') ? `${text}${length - 1}` : text).split('-')
    if (to === undefined || more.length) return null
    const range = [numberOf(from!), numberOf(to)] as const
    if (range[0] > range[1]) return null
    ranges.push(range)
  }
  return ranges
}

function numberOf(text: string): number {
  if (/^\s*\+?\d{1,15}\s*$/.test(text)) return Number(text)
  throw { kind: 'refused', message: `strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax` } satisfies Failure
}

/** KrakenD crashes where a part ends behind the body. */
function cut(bytes: Uint8Array<ArrayBuffer>, [from, to]: Range): Uint8Array<ArrayBuffer> {
  if (to >= bytes.length) throw { kind: 'panic', message: 'a range ends behind the body of body.Modifier' } satisfies Failure
  return bytes.slice(from, to + 1)
}

const rangeOf = ([from, to]: Range, { length }: Uint8Array): string => `bytes ${from}-${to}/${length}`

const encoder = new TextEncoder()

function join(ranges: readonly Range[], bytes: Uint8Array<ArrayBuffer>, type: string, boundary: string): Uint8Array<ArrayBuffer> {
  const pieces = ranges.flatMap((range, i) => [
    encoder.encode(`${i ? '\r\n' : ''}--${boundary}\r\nContent-Range: ${rangeOf(range, bytes)}\r\nContent-Type: ${type}\r\n\r\n`),
    cut(bytes, range),
  ])
  return concat([...pieces, encoder.encode(`\r\n--${boundary}--\r\n`)])
}
