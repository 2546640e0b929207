/** JSON as data: what scripts, flatmap, XML, YAML and templates need. Numbers keep their text. */
import type { Body, JsonObject } from '../types.ts'
import { lenient } from '../utf8.ts'

/** A raw number: JSON.stringify writes its text as it stands. */
interface RawNumber {
  readonly rawJSON: string
}
interface NumberedJson {
  parse(text: string, reviver: (this: unknown, key: string, value: unknown, context: { source?: string }) => unknown): unknown
  rawJSON(text: string): RawNumber
  isRawJSON(value: unknown): value is RawNumber
}
const json = JSON as unknown as NumberedJson

/** Texts that may hold a number which a double would write otherwise: 17 digits, `1.50`, `0.0000001`, `1e3`, `-0`. In strings it does no harm. */
const MAYBE_UNSAFE = /[\d.]{16}|\.\d*0(?!\d)|\.0{6}|\d[eE][-+\d]|-0(?![.\d])/

/** Parses valid JSON. About 4 × JSON.parse where numbers have to keep their text or names are escaped, so only then. */
export function parseData(text: string): unknown {
  const names: string[] = []
  const named = text.includes('\\') ? nameAnew(text, names) : text
  const isUnsafe = MAYBE_UNSAFE.test(named)
  if (!isUnsafe && !names.length) return JSON.parse(named)
  return json.parse(named, (_key, value, { source }) => {
    if (typeof value === 'number') return isUnsafe && source !== undefined && String(value) !== source ? json.rawJSON(source) : value
    return names.length && isObject(value) ? withNames(value, names) : value
  })
}

/**
 * V8 13 and 15 (Node 24, Deno 2) may read a name that has an escape, `"a\n"`, as one that they have seen at the same place, if that is how
 * it begins as it is written: `a\`. So it is written without, or where that can't be, as a number while it is read.
 */
function nameAnew(text: string, names: string[]): string {
  const numbers = new Map<string, number>()
  return text.replace(STRINGS, (written, colon: string | undefined) => {
    if (colon === undefined || !written.includes('\\')) return written
    const name = JSON.parse(written.slice(0, -colon.length)) as string
    const spelled = JSON.stringify(name)
    if (!spelled.includes('\\')) return spelled + colon
    if (!numbers.has(name)) numbers.set(name, names.push(name) - 1)
    return `"${MARK}${numbers.get(name)}"${colon}`
  })
}
const STRINGS = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?/g
/** No text has it but as what stands for half a character. */
const MARK = '\udc00'

function withNames(object: JsonObject, names: readonly string[]): JsonObject {
  const keys = Object.keys(object)
  if (!keys.some((key) => key.startsWith(MARK))) return object
  const named: JsonObject = {}
  for (const key of keys) setMember(named, key.startsWith(MARK) ? names[Number(key.slice(1))]! : key, object[key])
  return named
}

/** A JSON text in which no number says more than a double does. What is no JSON stays as it is. */
export function throughDoubles(text: string): Response {
  if (!MAYBE_UNSAFE.test(text)) return new Response(text)
  try {
    return new Response(JSON.stringify(parseData(text), (_name, value: unknown) => (json.isRawJSON(value) ? Number(value.rawJSON) : value)))
  } catch {
    return new Response(text)
  }
}

const doubles = new WeakSet<object>()

/** Numbers that Go holds as doubles and not as texts: those of scripts, of static data, of Lambda. Expressions, XML, YAML and what a sequence takes tell. */
export function withDoubles(value: unknown): unknown {
  if (typeof value === 'number' && Number.isFinite(value)) {
    const number = json.rawJSON(String(value))
    doubles.add(number)
    return number
  }
  if (Array.isArray(value)) return value.map(withDoubles)
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withDoubles(inner)])) : value
}
export const isDouble = (value: object): boolean => doubles.has(value)

const OPAQUE: unique symbol = Symbol('opaque')

/** An object that is written as JSON but that no filter, script or placeholder looks into: a struct in KrakenD. */
export const opaque = (object: JsonObject, seenByScripts: JsonObject = {}): JsonObject => Object.defineProperty(object, OPAQUE, { value: seenByScripts })

/** What return_error_details gives: a struct of Go, whose kinds of text each have their own form. */
export const isErrorDetails = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && OPAQUE in value && 'http_status_code' in value

/** What a script sees of it: a copy, with what the JSON leaves out. */
export const exposed = (object: JsonObject): JsonObject => ({ ...(object as { [OPAQUE]?: JsonObject })[OPAQUE], ...object })

/** Objects: no lists, no raw numbers. */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !json.isRawJSON(value) && !(OPAQUE in value)

/** A number's text, of raw and of plain ones; null for what is none. */
export const numberText = (value: unknown): string | null =>
  typeof value === 'number' ? String(value) : json.isRawJSON(value) ? value.rawJSON : null

/** An own member: data may have members called `constructor` or `__proto__`. */
export const member = (object: JsonObject, key: string): unknown => (Object.hasOwn(object, key) ? object[key] : undefined)

/** Sets an own member, `__proto__` too. */
export function setMember(object: JsonObject, key: string, value: unknown): void {
  if (key === '__proto__') Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true })
  else object[key] = value
}

/** A body's data, which its reader may change. no-op bodies have none: KrakenD gives them an empty object. */
export function dataOf(body: Body): JsonObject | null {
  if (body.kind === 'data') return body.value
  return body.kind === 'raw' ? {} : (parseData(textOf(body.pieces)) as JsonObject)
}

function textOf(pieces: readonly Uint8Array[]): string {
  return pieces.length === 1 ? lenient.decode(pieces[0]) : lenient.decode(concat(pieces))
}

export function concat(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  let length = 0
  for (const piece of pieces) length += piece.length
  const whole = new Uint8Array(length)
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}
