/** Templates at run time: parsed by the compiler, run with what is known of a request and its answer. */
import { canonicalName } from '../header-name.ts'
import { isObject, numberText } from '../json/data.ts'
import type { GatewayRequest } from '../types.ts'
import { execute } from './exec.ts'
import type { Functions } from './function.ts'
import type { Template } from './syntax.ts'
import type { Dict, Value } from './value.ts'
import { lenient } from '../utf8.ts'

export type RunTemplate = (data: Dict) => string
/** What the compiler emits. */
export type CreateTemplate = () => RunTemplate

export interface TemplateOptions {
  /** Its name. */
  template: string
  contentType: string
  /** What the configuration gives it. */
  variables: { readonly [name: string]: unknown }
  /** Of bodies that are read, and of what is made. */
  maxBytes: number
}

export function createTemplate(name: string, templates: readonly (readonly [name: string, template: Template])[], functions: Functions, maxLength: number): RunTemplate {
  const all = new Map(templates)
  return (data) => execute(all, functions, name, data, maxLength).map(({ text }) => text).join('')
}

/** Whole numbers are ints, unlike encoding/json's: so they print as they were written. */
export function toValue(data: unknown): Value {
  const number = numberText(data)
  if (number !== null) return /^-?\d+$/.test(number) ? BigInt(number) : Number(number)
  if (Array.isArray(data)) return data.map(toValue)
  if (isObject(data)) return new Map(Object.entries(data).map(([key, item]) => [key, toValue(item)]))
  return typeof data === 'object' ? null : (data as Value)
}

/** JSON as data, anything else as text. */
export function toBody(bytes: Uint8Array, parse: (text: string) => unknown): Value {
  const text = lenient.decode(bytes)
  try {
    return toValue(parse(text))
  } catch {
    return text
  }
}

export function requestValues(request: GatewayRequest, parse: (text: string) => unknown): [name: string, value: Value][] {
  const { body } = request
  return [
    ['req_body', body instanceof Uint8Array ? toBody(body, parse) : null],
    ['req_headers', new Map([...request.headers].map(([name, value]) => [canonicalName(name), [value]]))],
    ['req_querystring', request.query],
    ['req_params', request.params],
    ['req_path', request.path || request.incoming.path],
  ]
}
