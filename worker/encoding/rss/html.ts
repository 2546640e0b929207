/**
 * HTML within feeds, read and written anew as Go's html package does where gofeed changes it: a wrapping <div> is taken off
 * XHTML, addresses are made absolute. Well-formed markup comes out as there; how browsers repair other markup is done for
 * paragraphs and list items only.
 */
import { unescapeHtml } from './entities.ts'

type Node = string | Element | { readonly comment: string }
interface Element {
  readonly tag: string
  readonly attributes: readonly (readonly [name: string, value: string])[]
  readonly children: Node[]
}

const VOID = new Set(['area', 'base', 'br', 'col', 'embed', 'hr', 'img', 'input', 'keygen', 'link', 'meta', 'param', 'source', 'track', 'wbr'])
/** Their text is neither decoded nor escaped. */
const RAW = new Set(['iframe', 'noembed', 'noframes', 'noscript', 'script', 'style', 'xmp'])
/** Elements before which an open paragraph ends. */
const BLOCK = new Set(['address', 'article', 'aside', 'blockquote', 'details', 'div', 'dl', 'fieldset', 'figure', 'footer', 'form', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'header', 'hr', 'main', 'nav', 'ol', 'p', 'pre', 'section', 'table', 'ul'])
const SIBLINGS = new Map([['li', ['li']], ['dt', ['dt', 'dd']], ['dd', ['dt', 'dd']], ['option', ['option']], ['tr', ['tr', 'td', 'th']], ['td', ['td', 'th']], ['th', ['td', 'th']]])
const DOCUMENT = new Set(['html', 'head', 'body'])
/** Go's parser gives up at more; then the HTML stays as it is. */
const MAX_DEPTH = 512

const TOKEN = /<!--|<(\/?)([a-zA-Z][^\s/<>]*)((?:[^<>"']|"[^"]*"|'[^']*')*)>|<[!?/][^<>]*>|[^<]+|</g
const ATTRIBUTE = /([^\s/>=][^\s/>=]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+)))?/g

/** What a <div> holds that is the only element; other HTML as it is. */
export function innerOfDiv(html: string): string {
  if (!/<div[\s/>]/i.test(html)) return html
  const elements = (parse(html) ?? []).filter((node): node is Element => typeof node === 'object' && 'tag' in node)
  return elements.length === 1 && elements[0]!.tag === 'div' ? write(elements[0]!.children) : html
}

/** Attributes that hold addresses; the first of an element is changed. */
const ADDRESSES = new Set(['action', 'background', 'cite', 'codebase', 'data', 'href', 'poster', 'profile', 'scheme', 'src', 'uri', 'usemap'])

/** `change` gives null for what stays. */
export function mapAddresses(html: string, change: (address: string) => string | null): string {
  const nodes = parse(html)
  return nodes ? write(changed(nodes, change)) : html
}

function changed(nodes: readonly Node[], change: (address: string) => string | null): Node[] {
  return nodes.map((node) => {
    if (typeof node === 'string' || 'comment' in node) return node
    const first = node.attributes.findIndex(([name]) => ADDRESSES.has(name))
    const attributes = node.attributes.map(([name, value], i) => [name, i === first ? (change(value) ?? value) : value] as const)
    return { ...node, attributes, children: changed(node.children, change) }
  })
}

function parse(text: string): Node[] | null {
  const html = text.trimStart()
  const open: Element[] = [{ tag: '', attributes: [], children: [] }]
  const tokens = new RegExp(TOKEN)
  for (let found = tokens.exec(html); found; found = tokens.exec(html)) {
    if (open.length > MAX_DEPTH) return null
    const { 0: token, 1: slash, 2: name, 3: rest } = found
    const parent = open.at(-1)!
    if (token === '<!--') tokens.lastIndex = addComment(parent, html, found.index)
    else if (name === undefined) {
      if (!/^<[!?/]/.test(token)) addText(parent, unescapeHtml(token))
    } else if (slash) closeTag(open, name.toLowerCase())
    else tokens.lastIndex = openTag(open, name.toLowerCase(), rest!, html, tokens.lastIndex)
  }
  return open[0]!.children
}

/** Gives the position behind it. */
function addComment({ children }: Element, html: string, start: number): number {
  const end = html.indexOf('-->', start + 4)
  children.push({ comment: end < 0 ? html.slice(start + 4) : html.slice(start + 4, end) })
  return end < 0 ? html.length : end + 3
}

function addText({ children }: Element, text: string): void {
  const last = children.at(-1)
  if (typeof last === 'string') children[children.length - 1] = last + text
  else children.push(text)
}

function closeTag(open: Element[], tag: string): void {
  const at = open.findLastIndex((element) => element.tag === tag)
  if (at > 0) open.length = at
}

/** Gives the position behind it, with the text if that is raw. */
function openTag(open: Element[], tag: string, rest: string, html: string, end: number): number {
  if (DOCUMENT.has(tag)) return end
  if (BLOCK.has(tag) && open.at(-1)!.tag === 'p') open.pop()
  if (SIBLINGS.get(tag)?.includes(open.at(-1)!.tag)) open.pop()
  const element: Element = { tag, attributes: attributesOf(rest), children: [] }
  open.at(-1)!.children.push(element)
  if (RAW.has(tag)) return addRawText(element, html, end)
  if (!VOID.has(tag)) open.push(element)
  return end
}

/** The first of a name counts. */
function attributesOf(text: string): Element['attributes'] {
  const attributes = new Map<string, string>()
  for (const [, name, double, single, bare] of text.matchAll(ATTRIBUTE)) {
    const key = name!.toLowerCase()
    if (!attributes.has(key)) attributes.set(key, unescapeHtml(double ?? single ?? bare ?? ''))
  }
  return [...attributes]
}

function addRawText({ tag, children }: Element, html: string, start: number): number {
  const length = html.slice(start).search(new RegExp(`</${tag}`, 'i'))
  const end = length < 0 ? html.length : start + length
  if (end > start) children.push(html.slice(start, end))
  return length < 0 ? end : html.indexOf('>', end) + 1 || html.length
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', "'": '&#39;', '<': '&lt;', '>': '&gt;', '"': '&#34;', '\r': '&#13;' }
const escape = (text: string): string => text.replace(/[&'<>"\r]/g, (char) => ESCAPES[char]!)

function write(nodes: readonly Node[]): string {
  return nodes.map((node) => {
    if (typeof node === 'string') return escape(node)
    if ('comment' in node) return `<!--${node.comment}-->`
    const { tag, attributes, children } = node
    const start = `<${tag}${attributes.map(([name, value]) => ` ${name}="${escape(value)}"`).join('')}`
    if (VOID.has(tag)) return `${start}/>`
    return `${start}>${RAW.has(tag) ? rawText(children) : write(children)}</${tag}>`
  }).join('')
}

const rawText = (children: readonly Node[]): string => children.map((child) => (typeof child === 'string' ? child : '')).join('')
