/** JSON as data: what scripts, flatmap, XML, YAML and templates need. Numbers keep their text. */
import type { Body, JsonObject } from '../types.ts'

const decoder = new TextDecoder()

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

/** Parses valid JSON. About 4 × JSON.parse where numbers have to keep their text, so only then. */
export function parseData(text: string): unknown {
  const spelled = text.includes('"\\u') ? spellOut(text) : text
  if (!MAYBE_UNSAFE.test(spelled)) return JSON.parse(spelled)
  return json.parse(spelled, (_key, value, { source }) => (typeof value === 'number' && source !== undefined && String(value) !== source ? json.rawJSON(source) : value))
}

/**
 * V8 13 and 15 (Node 24, Deno 2) read a name that is one escaped character, `"\u0062"`, as the name `\` once they have seen an object
 * with that at the same place. So such names are written as they are before they are read; those of control characters and quotes can't be.
 */
const spellOut = (text: string): string => text.replace(STRINGS, (written) => (ONE_ESCAPE.test(written) ? spellName(written) : written))
const STRINGS = /"(?:[^"\\]|\\.)*"(?:\s*:)?/g
const ONE_ESCAPE = /^"\\u[\da-fA-F]{4}"\s*:$/
function spellName(written: string): string {
  const name = JSON.parse(written.slice(0, 8)) as string
  return /[\0-\x1f"\\]/.test(name) ? written : `"${name}":`
}

/** A JSON text in which no number says more than a double does. What is no JSON stays as it is. */
export function throughDoubles(text: string): Response {
  if (!MAYBE_UNSAFE.test(text)) return new Response(text)
  try {
    return Response.json(JSON.parse(text))
  } catch {
    return new Response(text)
  }
}

const OPAQUE: unique symbol = Symbol('opaque')

/** An object that is written as JSON but that no filter, script or placeholder looks into: a struct in KrakenD. */
export const opaque = (object: JsonObject, seenByScripts: JsonObject = {}): JsonObject => Object.defineProperty(object, OPAQUE, { value: seenByScripts })

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
  return pieces.length === 1 ? decoder.decode(pieces[0]) : decoder.decode(concat(pieces))
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
