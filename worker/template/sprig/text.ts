/** Sprig's functions of texts. Go counts bytes, so where a function cuts, it cuts between bytes. */
import { byteLength, toBytes, toText } from '../bytes.ts'
import { CallError } from '../error.ts'
import { fn, type Functions, variadic } from '../function.ts'
import { quote, sprintf } from '../printf.ts'
import { isList, print, type Value } from '../value.ts'

/** What a value is as a text: texts are themselves. */
export const textOf = (value: Value): string => (typeof value === 'string' ? value : print(value))

/** A list's items as texts, without those that are nil; anything else is a list of one. */
export function textsOf(value: Value): string[] {
  if (isList(value)) return value.filter((item) => item !== null && item !== undefined).map(textOf)
  return value === null || value === undefined ? [] : [textOf(value)]
}

const MAX_REPEATED = 16 * 1024 * 1024

function repeat(count: bigint, text: string): string {
  if (count < 0n) throw new CallError('strings: negative Repeat count')
  if (Number(count) * text.length > MAX_REPEATED) throw new CallError('strings: Repeat output length overflow')
  return text.repeat(Number(count))
}

/** By bytes; what is cut out of the middle of a letter becomes U+FFFD. */
function bytesOf(text: string, from: number, to?: number): string {
  const bytes = toBytes(text)
  if (from < 0 || from > bytes.length || (to ?? 0) > bytes.length || (to !== undefined && to < from)) throw new CallError('slice bounds out of range')
  return toText(bytes.subarray(from, to))
}

function truncate(count: bigint, text: string): string {
  const length = byteLength(text)
  if (count < 0n) return length + Number(count) > 0 ? bytesOf(text, length + Number(count)) : text
  return length > Number(count) ? bytesOf(text, 0, Number(count)) : text
}

function substring(from: bigint, to: bigint, text: string): string {
  if (from < 0n) return bytesOf(text, 0, Number(to))
  return bytesOf(text, Number(from), to < 0n || Number(to) > byteLength(text) ? undefined : Number(to))
}

function abbreviate(text: string, offset: number, width: number): string {
  const length = byteLength(text)
  if (width < 4 || length <= width) return width < 4 ? '' : text
  const from = Math.min(offset, length) > length - (width - 3) ? length - (width - 3) : Math.min(offset, length)
  if (from <= 4) return `${bytesOf(text, 0, width - 3)}...`
  if (width < 7) return ''
  if (from + width - 3 < length) return `...${abbreviate(bytesOf(text, from), 0, width - 3)}`
  return `...${bytesOf(text, length - (width - 3))}`
}

/** These functions of Sprig take each byte for a letter. */
const asLatin1 = (text: string): string => Array.from(toBytes(text), (byte) => String.fromCharCode(byte)).join('')

const spaced = /^\s$/

/** Go's strings.Title: a letter behind a space, or behind what of ASCII is neither letter, digit nor underscore. */
const title = (text: string): string => text.replace(/(?<=^|[\s\x00-/:-@[-^`{-\x7f])\p{L}/gu, (letter) => letter.toUpperCase())
const untitle = (text: string): string => text.replace(/(^|\s)(\S)/gu, (_, before: string, letter: string) => before + letter.toLowerCase())

const swapCase = (text: string): string => text.replace(/\p{L}/gu, (letter) => (/\p{Ll}/u.test(letter) ? letter.toUpperCase() : letter.toLowerCase()))

function trimAll(cut: string, text: string): string {
  const chars = new Set(cut)
  const letters = Array.from(text)
  let from = 0
  let to = letters.length
  while (from < to && chars.has(letters[from]!)) from++
  while (to > from && chars.has(letters[to - 1]!)) to--
  return letters.slice(from, to).join('')
}

const isConnector = (char: string): boolean => char === '-' || char === '_' || spaced.test(char)

/** xstrings.ToPascalCase. */
function pascalCase(text: string): string {
  const letters = Array.from(text)
  const lead = letters.findIndex((char) => !isConnector(char))
  if (lead < 0) return text
  let made = letters.slice(0, lead).join('')
  let before = letters[lead]!.toUpperCase()
  let wasUpper = /\p{Lu}/u.test(letters[lead]!)
  for (const letter of letters.slice(lead + 1)) {
    let next = letter
    if (isConnector(letter) && isConnector(before)) made += before
    else if (isConnector(before)) {
      wasUpper = /\p{Lu}/u.test(letter)
      next = letter.toUpperCase()
    } else {
      if (wasUpper && /\p{Lu}/u.test(letter)) next = letter.toLowerCase()
      else wasUpper = false
      made += before
    }
    before = next
  }
  return made + before
}

const WORDS = /([-_\s]+)|(\p{P}+)|(\p{Nd}+)|(\p{Lu}{2,}(?=\p{Lu}\p{Ll})|\p{Lu}+(?!\p{Ll})|\p{Lu}\p{Ll}+)|(\p{Ll}+)|([^])/gu
type Word = { kind: 'connector' | 'punctuation' | 'number' | 'upper' | 'letters' | 'other'; text: string }
const KINDS = ['connector', 'punctuation', 'number', 'upper', 'letters', 'other'] as const

/** xstrings.ToSnakeCase and ToKebabCase. */
function separated(text: string, connector: string): string {
  const words = [...text.matchAll(WORDS)].map((match): Word => ({ kind: KINDS[match.slice(1).findIndex((group) => group !== undefined)]!, text: match[0] }))
  let made = ''
  const write = ({ kind, text: word }: Word): void => void (made += kind === 'connector' ? connector.repeat(Array.from(word).length) : word.toLowerCase())
  const joins = (word: Word | undefined): boolean => word !== undefined && word.kind !== 'connector' && word.kind !== 'punctuation'
  const absorb = (from: number): number => {
    let i = from
    for (; words[i]?.kind === 'letters' || words[i]?.kind === 'number'; i++) write(words[i]!)
    if (joins(words[i])) made += connector
    return i
  }
  for (let i = 0; i < words.length; ) {
    const word = words[i]!
    write(word)
    i++
    if (i >= words.length || word.kind === 'connector' || word.kind === 'punctuation') continue
    if (word.kind === 'number') i = absorb(i)
    else if (words[i]!.kind !== 'number') made += joins(words[i]) ? connector : ''
    else if (i + 1 < words.length && words[i + 1]!.kind === 'letters') {
      made += connector
      write(words[i]!)
      i = absorb(i + 1)
    } else if (i + 1 < words.length) {
      write(words[i]!)
      i++
      if (joins(words[i])) made += connector
    }
  }
  return made
}

function wrap(text: string, width: number, line: string, breaksWords: boolean): string {
  const bytes = toBytes(text)
  const most = Math.max(1, width)
  const cut = (from: number, to?: number): string => toText(bytes.subarray(from, to))
  let made = ''
  let at = 0
  while (bytes.length - at > most) {
    if (bytes[at] === 32) {
      at++
      continue
    }
    const space = bytes.subarray(at, at + most + 1).lastIndexOf(32)
    const end = space >= 0 ? at + space : breaksWords ? at + most : bytes.indexOf(32, at + most)
    if (end < 0) return made + cut(at)
    made += cut(at, end) + line
    at = space >= 0 || !breaksWords ? end + 1 : end
  }
  return made + cut(at)
}

const indent = (spaces: bigint, text: string): string => {
  const margin = repeat(spaces, ' ')
  return margin + text.replaceAll('\n', `\n${margin}`)
}

export const textFunctions: Functions = {
  hello: fn([], () => 'Hello!'),
  abbrev: fn(['int', 'string'], (width, text) => (width < 4n ? text : abbreviate(text, 0, Number(width)))),
  abbrevboth: fn(['int', 'int', 'string'], (left, right, text) => (right < 4n || (left > 0n && right < 7n) ? text : abbreviate(text, Number(left), Number(right)))),
  trunc: fn(['int', 'string'], truncate),
  trim: fn(['string'], (text) => text.replace(/^[\s\x85]+|[\s\x85]+$/g, '')),
  upper: fn(['string'], (text) => text.toUpperCase()),
  lower: fn(['string'], (text) => text.toLowerCase()),
  title: fn(['string'], title),
  untitle: fn(['string'], untitle),
  substr: fn(['int', 'int', 'string'], substring),
  repeat: fn(['int', 'string'], repeat),
  trimall: fn(['string', 'string'], trimAll),
  trimAll: fn(['string', 'string'], trimAll),
  trimSuffix: fn(['string', 'string'], (suffix, text) => (suffix && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text)),
  trimPrefix: fn(['string', 'string'], (prefix, text) => (text.startsWith(prefix) ? text.slice(prefix.length) : text)),
  nospace: fn(['string'], (text) => (/\s/.test(text) ? asLatin1(text).replace(/\s/g, '') : text)),
  initials: fn(['string'], (text) => asLatin1(text).split(/\s+/).map((word) => word.slice(0, 1)).join('')),
  swapcase: fn(['string'], swapCase),
  snakecase: fn(['string'], (text) => separated(text, '_')),
  kebabcase: fn(['string'], (text) => separated(text, '-')),
  camelcase: fn(['string'], pascalCase),
  wrap: fn(['int', 'string'], (width, text) => wrap(text, Number(width), '\n', false)),
  wrapWith: fn(['int', 'string', 'string'], (width, line, text) => wrap(text, Number(width), line || '\n', true)),
  contains: fn(['string', 'string'], (part, text) => text.includes(part)),
  hasPrefix: fn(['string', 'string'], (prefix, text) => text.startsWith(prefix)),
  hasSuffix: fn(['string', 'string'], (suffix, text) => text.endsWith(suffix)),
  quote: variadic([], 'any', (...values) => values.filter((value) => value !== null).map((value) => quote(textOf(value))).join(' ')),
  squote: variadic([], 'any', (...values) => values.filter((value) => value !== null).map((value) => `'${print(value)}'`).join(' ')),
  cat: variadic([], 'any', (...values) => {
    const given = values.filter((value) => value !== null)
    return sprintf('%v '.repeat(given.length).trim(), given)
  }),
  indent: fn(['int', 'string'], indent),
  nindent: fn(['int', 'string'], (spaces, text) => `\n${indent(spaces, text)}`),
  replace: fn(['string', 'string', 'string'], (from, to, text) => text.replaceAll(from, () => to)),
  plural: fn(['string', 'string', 'int'], (one, many, count) => (count === 1n ? one : many)),
  toString: fn(['any'], textOf),
  toStrings: fn(['any'], textsOf),
  join: fn(['string', 'any'], (separator, list) => textsOf(list).join(separator)),
  splitList: fn(['string', 'string'], (separator, text) => split(text, separator)),
  split: fn(['string', 'string'], (separator, text) => numbered(split(text, separator))),
  splitn: fn(['string', 'int', 'string'], (separator, count, text) => numbered(splitN(text, separator, Number(count)))),
}

const split = (text: string, separator: string): string[] => (separator === '' ? Array.from(text) : text.split(separator))

function splitN(text: string, separator: string, count: number): string[] {
  const parts = split(text, separator)
  if (count < 0 || parts.length <= count) return parts
  return count === 0 ? [] : [...parts.slice(0, count - 1), parts.slice(count - 1).join(separator)]
}

const numbered = (parts: readonly string[]): Map<string, Value> => new Map(parts.map((part, i) => [`_${i}`, part]))
