/** encoding/json: how Go writes values. Keys are sorted; a float64 has its own rule of when the exponent form begins, and it is JavaScript's. */
import { CallError } from './error.ts'
import { isDict, isList, isStruct, sortedKeys, type Value } from './value.ts'

export function marshal(value: Value, { html = true, indent = '' }: { html?: boolean; indent?: string } = {}): string {
  const text = write(value, indent, '\n')
  return html ? text.replace(/[<>&]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`) : text
}

function write(value: Value, indent: string, line: string): string {
  if (value === undefined || value === null) return 'null'
  if (typeof value === 'string') return writeText(value)
  if (typeof value === 'number') return writeNumber(value)
  if (value instanceof Date) return `"${value.toISOString().replace(/\.?0*Z$/, 'Z')}"`
  if (isList(value)) return enclosed('[', value.map((item) => write(item, indent, line + indent)), ']', indent, line)
  const colon = indent ? ': ' : ':'
  const members = isDict(value) ? sortedKeys(value).map((key) => [key, value.get(key)] as const) : isStruct(value) ? [...value.fields].map(([key, item]) => [key.toLowerCase(), item] as const) : null
  if (!members) return `${value as boolean | bigint}`
  return enclosed('{', members.map(([key, item]) => writeText(key) + colon + write(item, indent, line + indent)), '}', indent, line)
}

function enclosed(open: string, items: readonly string[], close: string, indent: string, line: string): string {
  if (!items.length) return open + close
  return indent ? `${open}${line}${indent}${items.join(`,${line}${indent}`)}${line}${close}` : `${open}${items.join(',')}${close}`
}

const writeText = (text: string): string => JSON.stringify(text).replace(/[\u2028\u2029\x7f]/g, (char) => (char === '\x7f' ? char : `\\u${char.charCodeAt(0).toString(16)}`))

function writeNumber(value: number): string {
  if (!Number.isFinite(value)) throw new CallError(`json: unsupported value: ${Number.isNaN(value) ? 'NaN' : value < 0 ? '-Inf' : '+Inf'}`)
  return Object.is(value, -0) ? '-0' : String(value)
}
