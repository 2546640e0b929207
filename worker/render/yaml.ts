/** `output_encoding: yaml`: data as KrakenD's YAML library (goccy) writes it, to the byte (routing/RULES.md §8). */
import { dataOf, isDouble, isErrorDetails, numberText } from '../json/data.ts'
import { printNumber } from '../json/go-number.ts'
import type { CreateRender, JsonObject } from '../types.ts'
import { byBytes } from '../url.ts'
import { scalarText } from './yaml/scalar.ts'
import { createWriter, hasMembers, type WriterOptions } from './writer.ts'

export const render: CreateRender<WriterOptions> = (options, made) => {
  const write = createWriter('application/yaml; charset=utf-8', options, made)
  return (answer) => write(toYaml(answer ? (dataOf(answer.body) ?? {}) : {}), answer, hasMembers(answer))
}

/** Two blanks a level for objects in objects; a list stands as deep as its name. */
export const toYaml = (data: JsonObject): string => `${isEmpty(data) ? '{}' : mapping(data, '')}\n`

function mapping(members: JsonObject, pad: string): string {
  const lines = Object.keys(members).toSorted(byBytes).map((key) => {
    const value = members[key]
    const name = `${pad}${scalarText(key, pad)}`
    if (!isNested(value)) return `${name}: ${node(value, pad)}`
    return `${name}:\n${Array.isArray(value) ? node(value, pad) : node(value, `${pad}  `)}`
  })
  return lines.join('\n')
}

const sequence = (items: readonly unknown[], pad: string): string => items.map((item) => `${pad}- ${behindDash(node(item, pad), pad, item)}`).join('\n')

function node(value: unknown, pad: string): string {
  if (Array.isArray(value)) return value.length ? sequence(value, pad) : '[]'
  if (isErrorDetails(value)) return struct(value, pad)
  if (isNested(value)) return mapping(value as JsonObject, pad)
  if (typeof value === 'string') return scalarText(value, pad)
  const number = printNumber(value)
  if (number !== null) return isDouble(value as object) ? withPoint(number) : scalarText(number, pad)
  return typeof value === 'object' && value !== null ? '{}' : String(value)
}

/** A double looks like one. */
const withPoint = (number: string): string => (/[.e]/.test(number) ? number : `${number}.0`)

/** goccy writes a struct's fields in their order, below the name of the one that it embeds. */
function struct({ http_status_code: code, ...texts }: JsonObject, pad: string): string {
  const inner = `${pad}  `
  return [`${pad}httpresponseerror:`, `${inner}http_status_code: ${String(code)}`, ...(isEmpty(texts) ? [] : [mapping(texts, inner)])].join('\n')
}

/** Lists and objects that hold something. */
const isNested = (value: unknown): boolean => typeof value === 'object' && value !== null && (Array.isArray(value) ? value.length > 0 : numberText(value) === null && !isEmpty(value))

function isEmpty(value: object): boolean {
  for (const key in value) if (Object.hasOwn(value, key)) return false
  return true
}

/** An item's first line goes behind its dash, the others two blanks to the right. Lines that hold nothing but their indentation are left empty. */
function behindDash(text: string, pad: string, item: unknown): string {
  const [first, ...rest] = text.split('\n')
  const start = first!.replace(/^ +/, '')
  const depth = first!.length - start.length
  const shifted = rest.map((line) => {
    const own = typeof item === 'string' && line.startsWith(`${pad}  `) ? line.slice(pad.length + 2) : line
    return own.length <= depth ? '' : `${pad}  ${own.slice(depth)}`
  })
  return [start, ...shifted].join('\n')
}
