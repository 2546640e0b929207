/**
 * YAML as KrakenD's Go library reads it: YAML 1.2 without words such as `yes` for true, but with merge keys and with 1.1's numbers,
 * so that `012` is ten (transform-in-folder/yaml.json).
 */
import { isAlias, isMap, isPair, isScalar, isSeq, type Node, type Pair, parseAllDocuments, Scalar, type ScalarTag, visit, type Document as YamlDocument } from 'yaml'
import type { Path } from '../diagnostics.ts'
import { type Document, findKey, FormatError } from './document.ts'

const MOST_PROBLEMS = 20
/** What aliases may blow a file up to. */
const MAX_ALIASES = 100_000

const scalar = (name: string, test: RegExp, read: (text: string) => unknown): ScalarTag => ({ tag: `tag:yaml.org,2002:${name}`, default: true, test, resolve: (text) => new Scalar(read(text)) })

const TAGS: readonly ScalarTag[] = [
  scalar('null', /^(?:~|null|Null|NULL)?$/, () => null),
  scalar('bool', /^(?:true|True|TRUE|false|False|FALSE)$/, (text) => /^t/i.test(text)),
  scalar('int', /^[-+]?(?:0b[01_]+|0o?[0-7_]+|0x[\da-fA-F_]+|0|[1-9][\d_]*)$/, toInt),
  scalar('float', /^[-+]?(?:\.\d[\d_]*|\d[\d_]*(?:\.[\d_]*)?)(?:[eE][-+]?\d+)?$/, (text) => Number(text.replaceAll('_', ''))),
  scalar('float', /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/, (text) => (/nan/i.test(text) ? Number.NaN : text.startsWith('-') ? -Infinity : Infinity)),
  scalar('timestamp', /^\d{4}-\d{1,2}-\d{1,2}(?:(?:[Tt]|[ \t]+)\d{1,2}:\d{1,2}:\d{1,2}(?:\.\d+)?(?:[ \t]*(?:Z|[-+]\d\d:\d\d))?)?$/, toTimestamp),
]

function toInt(text: string): number {
  const [, sign, digits] = /^([-+]?)(.*)$/.exec(text.replaceAll('_', ''))!
  const value = Number(/^0[0-7]+$/.test(digits!) ? `0o${digits!.slice(1)}` : digits)
  return sign === '-' ? -value : value
}

/** As Go's JSON writes a time. What is no date of the calendar stays a text. */
function toTimestamp(text: string): string {
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] = /^(\d{4})-(\d+)-(\d+)(?:\D+?(\d+):(\d+):(\d+)(\.\d+)?[ \t]*(Z|[-+]\d\d:\d\d)?)?$/.exec(text)!
  const two = (part: string): string => part.padStart(2, '0')
  const date = `${year}-${two(month!)}-${two(day!)}`
  const time = `${two(hour)}:${two(minute)}:${two(second)}`
  const isReal = !Number.isNaN(Date.parse(`${date}T${time}Z`)) && new Date(`${date}T00:00:00Z`).toISOString().startsWith(date)
  return isReal ? `${date}T${time}${fraction.replace(/\.?0+$/, '')}${zone === '+00:00' ? 'Z' : zone}` : text
}

/** Throws FormatError. */
export function parseYaml(text: string): Document {
  const documents = parseAllDocuments(text, { schema: 'failsafe', merge: true, customTags: (tags) => [...tags, 'merge', ...TAGS], prettyErrors: false })
  const [first] = documents as YamlDocument.Parsed[]
  if (!first) throw new FormatError('not-yaml', [{ offset: 0, message: 'the file is empty' }])
  if (first.errors.length) throw new FormatError('not-yaml', first.errors.slice(0, MOST_PROBLEMS).map(({ pos, message }) => ({ offset: pos[0], message: `${message[0]!.toLowerCase()}${message.slice(1)}` })))
  return { value: toValue(first), offsetOf: (path) => offsetOf(first, path) }
}

function toValue(document: YamlDocument.Parsed): unknown {
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES })
  } catch (error) {
    throw new FormatError('not-yaml', [{ offset: unresolvedAlias(document) ?? 0, message: (error as Error).message }])
  }
}

/** An alias without its anchor; else there were too many of them. */
function unresolvedAlias(document: YamlDocument.Parsed): number | undefined {
  let offset: number | undefined
  visit(document, {
    Alias(_, alias) {
      if (!alias.resolve(document)) offset ??= alias.range?.[0]
    },
  })
  return offset
}

function offsetOf(document: YamlDocument.Parsed, path: Path): number {
  let node: unknown = document.contents
  let offset = document.contents?.range?.[0] ?? 0
  for (const part of path) {
    const next = childOf(document, node, part)
    if (!next) break
    node = next.node
    offset = next.offset
  }
  return offset
}

interface Child {
  node: unknown
  offset: number
}

function childOf(document: YamlDocument.Parsed, parent: unknown, part: string | number): Child | undefined {
  const node = isAlias(parent) ? parent.resolve(document) : parent
  if (isSeq(node) && typeof part === 'number') return toChild(node.items[part])
  if (!isMap(node) || typeof part !== 'string') return undefined
  const pair = findKey(node.items, keyOf, part)
  return pair ? (toChild(pair.value) ?? toChild(pair.key)) : merged(document, node.items, part)
}

const keyOf = ({ key }: Pair): unknown => (isScalar(key) ? String(key.value) : key)

/** What `<<` brings: one map, or a list of them. */
function merged(document: YamlDocument.Parsed, items: readonly Pair[], part: string): Child | undefined {
  const value = items.find((item) => isPair(item) && isScalar(item.key) && item.key.source === '<<')?.value
  const sources = isSeq(value) ? value.items : [value]
  for (const source of sources) {
    const child = source ? childOf(document, source, part) : undefined
    if (child) return child
  }
  return undefined
}

function toChild(node: unknown): Child | undefined {
  const range = (node as Node | null | undefined)?.range
  return range ? { node, offset: range[0] } : undefined
}
