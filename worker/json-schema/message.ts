/** The words of KrakenD's JSON Schema library, which `return_error_msg` shows. */
import { numberText } from '../json/data.ts'
import type { Place, Problem } from './visit.ts'
import { typeOf } from './type.ts'

/** A list of a million bad items has a million problems. */
const MAX_LINES = 1000

/** One line a problem, what led to it indented. */
export function describe(problem: Problem): string {
  const lines: string[] = []
  const write = ({ at, text, nested, group, reference }: Problem, depth: number): void => {
    if (lines.length >= MAX_LINES) return
    const own = !group && !(reference && nested.length === 1)
    if (own) lines.push(`${'  '.repeat(depth)}- at ${quote(pointer(at))}: ${text}`)
    for (const cause of nested) write(cause, own ? depth + 1 : depth)
  }
  // A group's problems at the top stand side by side; further in, the group has its line.
  if (problem.group) for (const cause of problem.nested) write(withGroups(cause), 0)
  else write(withGroups(problem), 0)
  return lines.join('\n')
}

const withGroups = ({ at, text, nested, reference }: Problem): Problem => ({ at, text, nested: nested.map(withGroups), ...(reference && { reference }) })

/** A JSON pointer. */
function pointer(place: Place): string {
  let text = ''
  for (let at = place; at; at = at.within) text = `/${String(at.key).replaceAll('~', '~0').replaceAll('/', '~1')}${text}`
  return text
}

/** Go's %q, in single quotes. */
export function quote(text: string): string {
  const escaped = text.replace(/[\\\u0000-\u001f\u007f-\u009f\u00ad\u2028\u2029\ufeff]/g, (character) => SHORT[character] ?? `\\${character < '\u0080' ? 'x' : 'u'}${character.charCodeAt(0).toString(16).padStart(character < '\u0080' ? 2 : 4, '0')}`)
  return `'${escaped.replaceAll("'", String.raw`\'`)}'`
}
const SHORT: { readonly [character: string]: string } = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t', '\u0007': '\\a', '\b': '\\b', '\f': '\\f', '\v': '\\v' }

export const list = (names: readonly string[]): string => names.map(quote).join(', ')

/** What const or enum want. */
export function wanted(values: readonly unknown[], keyword: 'const' | 'enum'): string {
  if (values.some((value) => typeOf(value) === 'array' || typeOf(value) === 'object')) return `'${keyword}' failed`
  return values.length === 1 ? `value must be ${display(values[0])}` : `value must be one of ${values.map(display).join(', ')}`
}

export function display(value: unknown): string {
  if (typeof value === 'string') return quote(value)
  if (value === null) return '<nil>'
  return numberText(value) ?? (value ? 'true' : 'false')
}

/** English: a comma between thousands. */
export const number = (value: number): string => value.toLocaleString('en-US')

/** A double, as Go's printer for English writes it. */
export function double(value: unknown): string {
  const text = Number(numberText(value))
  return text.toLocaleString('en-US', { maximumFractionDigits: 20 })
}
