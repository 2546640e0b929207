/**
 * XML as Go's decoder reads it, over saxes: what only one of the two finds wrong is let pass, and reading ends with the root.
 * Entities are the five predefined ones and characters by number, whatever a DOCTYPE declares.
 */
// By its file: the bundler reads no "main".
import { SaxesParser } from 'saxes/saxes.js'
import { type Document, syntaxError } from './document.ts'

export interface XmlEvents {
  /** `end`: where the tag ends in the text. */
  open(name: string, attributes: readonly Attribute[], end: number): void
  /** One run of text: elements, comments, instructions and CDATA sections split runs. */
  text(run: string): void
  /** `start`: where the closing tag begins, or where an empty element's tag ends. */
  close(start: number): void
}
export type Attribute = readonly [name: string, value: string]

/** Far more than documents have; what reads the data is recursive. */
const MAX_DEPTH = 1000

/**
 * `lax`: unknown entities, lone ampersands and attributes without quotes pass, and a closing tag that fits no element within
 * closes those around it. Rejects with a Failure; gives false where there is no element at all.
 */
export function readXml(document: Document, lax: boolean, events: XmlEvents): boolean {
  const { source, restore } = lax ? markAmpersands(document.text) : { source: document.text, restore: same }
  const parser = new SaxesParser({ position: false })
  const names: string[] = []
  let attributes: Attribute[] = []
  let done = false
  const fail: Fail = (problem) => {
    throw syntaxError(document.line + parser.line - 1, problem)
  }
  const untilDone = <A extends readonly unknown[]>(handle: (...args: A) => void) => (...args: A): void => (done ? undefined : handle(...args))
  parser.on('error', untilDone(({ message }: Error) => {
    if (!passes(message, lax)) fail(WORDS.get(message) ?? message)
  }))
  parser.on('attribute', untilDone(({ name, value }) => void attributes.push([name, restore(rawValue(source, parser.position) ?? value)])))
  parser.on('opentag', untilDone(({ name }) => {
    if (names.push(name) > MAX_DEPTH) fail('exceeded max depth')
    checkNames(name, attributes, fail)
    events.open(name, attributes, parser.position)
    attributes = []
  }))
  const text = untilDone((run: string) => {
    if (!names.length && run.includes(']]>')) fail(CDATA_END)
    events.text(restore(run))
  })
  parser.on('text', text)
  parser.on('cdata', untilDone((run) => events.text(restore(run))))
  parser.on('closetag', untilDone(({ isSelfClosing }) => {
    const start = isSelfClosing ? parser.position : source.lastIndexOf('</', parser.position - 1)
    if (!isSelfClosing && !lax) checkClosing(source.slice(start + 2, parser.position - 1).trimEnd(), names.at(-1)!, fail)
    names.pop()
    events.close(start)
    done = names.length === 0
  }))
  parser.write(source)
  if (!done && (names.length || document.broken)) fail(document.broken ? 'invalid UTF-8' : 'unexpected EOF')
  return done
}

type Fail = (problem: string) => never
const same = (text: string): string => text

/** A prefix is dropped, if something stands before and behind the colon. */
export function localName(name: string): string {
  const colon = name.indexOf(':')
  return colon > 0 && colon < name.length - 1 ? name.slice(colon + 1) : name
}

const hasTwoColons = (name: string): boolean => name.indexOf(':') !== name.lastIndexOf(':')

function checkNames(name: string, attributes: readonly Attribute[], fail: Fail): void {
  if (hasTwoColons(name)) fail('expected element name after <')
  if (attributes.some(([attribute]) => hasTwoColons(attribute))) fail('expected attribute name in element')
}

function checkClosing(closing: string, name: string, fail: Fail): void {
  if (closing !== name) fail(`element <${localName(name)}> closed by </${localName(closing)}>`)
}

const passes = (message: string, lax: boolean): boolean => SAME.has(message) || message.startsWith('duplicate attribute') || (lax && LAX.has(message))

/** saxes finds these wrong, Go does not. */
const SAME = new Set([
  'no whitespace between attributes.',
  'text data outside of root node.',
  'inappropriately located doctype declaration.',
  'an XML declaration must be at the start of the document.',
  'the XML declaration must appear at the start of the document.',
])
/** Go's decoder is not strict with feeds. */
const LAX = new Set([
  'undefined entity.',
  'malformed character entity.',
  'unexpected close tag.',
  'attribute without value.',
  'unquoted attribute value.',
])
const CDATA_END = 'unescaped ]]> not in CDATA section'
/** Go's words, where they say the same. */
const WORDS = new Map([
  ['undefined entity.', 'invalid character entity'],
  ['malformed character entity.', 'invalid character entity'],
  ['unquoted attribute value.', 'unquoted or missing attribute value in element'],
  ['attribute without value.', 'attribute name without = in element'],
  ['malformed comment.', 'invalid sequence "--" not allowed in comments'],
  ['disallowed character in tag name', 'expected element name after <'],
  ['disallowed character in attribute name.', 'expected attribute name in element'],
  ['the string "]]>" is disallowed in char data.', CDATA_END],
])

/** saxes makes blanks of tabs and line breaks in attributes, as XML wants; Go leaves them. null: there are none. */
function rawValue(source: string, end: number): string | null {
  const quote = source[end - 1]
  if (quote !== '"' && quote !== "'") return null
  const raw = source.slice(source.lastIndexOf(quote, end - 2) + 1, end - 1)
  return /[\t\n\r]/.test(raw) ? raw.replace(/\r\n?/g, '\n').replace(/&(#x?)?(\w+);/g, dereference) : null
}

const PREDEFINED = new Map([['lt', '<'], ['gt', '>'], ['amp', '&'], ['quot', '"'], ['apos', "'"]])

function dereference(reference: string, number: string | undefined, name: string): string {
  if (!number) return PREDEFINED.get(name) ?? reference
  const code = Number.parseInt(name, number === '#' ? 10 : 16)
  return code <= 0x10ffff ? String.fromCodePoint(code) : reference
}

const LONE = /&(?!(?:lt|gt|amp|quot|apos|#\d+|#x[\da-fA-F]+);)/g

interface Marked {
  readonly source: string
  restore(text: string): string
}

/** A character that the text does not hold takes the place of ampersands that begin no reference; saxes would read on to the next semicolon. */
function markAmpersands(text: string): Marked {
  if (text.search(LONE) < 0) return { source: text, restore: same }
  let code = 0xe000
  while (text.includes(String.fromCharCode(code))) code++
  const mark = String.fromCharCode(code)
  return { source: text.replace(LONE, mark), restore: (part) => part.replaceAll(mark, '&') }
}
