/** `output_encoding: xml`: data as KrakenD's mxj writes it (routing/RULES.md §8). */
import { dataOf, isErrorDetails, numberText } from '../json/data.ts'
import { printNumber } from '../json/go-number.ts'
import type { CreateRender, JsonObject } from '../types.ts'
import { byBytes } from '../url.ts'
import { createWriter, hasMembers, type WriterOptions } from './writer.ts'

export const render: CreateRender<WriterOptions> = (options, made) => {
  const write = createWriter('application/xml', options, made)
  return (answer) => write(answer ? toXml(dataOf(answer.body) ?? {}) : '', answer, hasMembers(answer))
}

/** Thrown where KrakenD gives up: then nothing is written. */
const NO_ATTRIBUTE: unique symbol = Symbol('no attribute value')
const ROOT = 'doc'

/** The only member is the root; several stand in `doc`, and so does a list that holds more than objects. */
export function toXml(data: JsonObject): string {
  const keys = Object.keys(data)
  const only = keys.length === 1 ? data[keys[0]!] : undefined
  const wrapped = only === undefined || (Array.isArray(only) && !only.every(isMap))
  try {
    return wrapped ? element(ROOT, data) : element(keys[0]!, only)
  } catch (problem) {
    if (problem === NO_ATTRIBUTE) return ''
    throw problem
  }
}

/** Names are written as they are, whatever they hold. */
function element(name: string, value: unknown): string {
  if (Array.isArray(value) && value.length) return value.map((item) => element(name, item)).join('')
  if (isMap(value) && !isErrorDetails(value)) return elementOf(name, value)
  const text = isNothing(value) ? '' : escape(isErrorDetails(value) ? structText(value) : scalar(value))
  return text === '' ? `<${name}/>` : `<${name}>${text}</${name}>`
}

function elementOf(name: string, members: JsonObject): string {
  const keys = Object.keys(members)
  const attributes = keys.filter(isAttribute)
  const children = keys.filter((key) => key !== TEXT && !isAttribute(key)).toSorted(byBytes)
  const open = `<${name}${attributes.map((key) => key.slice(1)).toSorted(byBytes).map((key) => attribute(key, members[`-${key}`])).join('')}`
  if (attributes.length === keys.length) return `${open}/>`
  const text = Object.hasOwn(members, TEXT) ? textOf(members[TEXT]) : ''
  return `${open}>${text}${children.map((key) => element(key, members[key])).join('')}</${name}>`
}

const TEXT = '#text'
const isAttribute = (key: string): boolean => key.length > 1 && key[0] === '-'

function attribute(name: string, value: unknown): string {
  if (typeof value === 'object' && numberText(value) === null) throw NO_ATTRIBUTE
  return ` ${name}="${escape(scalar(value))}"`
}

/** A text is escaped; anything else stands as Go prints it. */
const textOf = (value: unknown): string => (typeof value === 'string' ? escape(value) : print(value))

/** Go's `%v`. */
function print(value: unknown): string {
  if (value === null) return '<nil>'
  if (Array.isArray(value)) return `[${value.map(print).join(' ')}]`
  if (!isMap(value)) return scalar(value)
  return `map[${Object.keys(value).toSorted(byBytes).map((key) => `${key}:${print(value[key])}`).join(' ')}]`
}

/** Any object that is written with members, opaque ones too. */
const isMap = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value) && numberText(value) === null

const isNothing = (value: unknown): boolean => value === null || (Array.isArray(value) && !value.length)
const scalar = (value: unknown): string => printNumber(value) ?? String(value)

/** mxj has encoding/xml write a struct, and takes that for a text. */
function structText({ http_status_code: code, http_body: body = '', http_body_encoding: type = '' }: JsonObject): string {
  const inner = (text: unknown): string => String(text).replace(/[&<>"'\t\n\r]/g, (char) => STRUCT_ESCAPES[char]!)
  return `<NamedHTTPResponseError><Code>${String(code)}</Code><Msg>${inner(body)}</Msg><Enc>${inner(type)}</Enc></NamedHTTPResponseError>`
}
const STRUCT_ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&#34;', "'": '&#39;', '\t': '&#x9;', '\n': '&#xA;', '\r': '&#xD;' }

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' }
const escape = (text: string): string => text.replace(/[&<>"']/g, (char) => ESCAPES[char]!)
