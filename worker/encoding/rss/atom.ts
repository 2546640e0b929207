/** Atom 0.3 and 1.0. */
import type { JsonObject } from '../../types.ts'
import { lastDate } from './dates.ts'
import { addExtension, type ExtensionMap, extensionsOf, isExtension } from './extensions.ts'
import { type Enclosure, type Feed, itemData } from './feed.ts'
import { innerOfDiv, mapAddresses } from './html.ts'
import { decodeEntities, hasCdata, type Person, stripCdata, trim } from './text.ts'
import { attribute, type FeedNode } from './tree.ts'
import { createWalk, type Walk, walkChildren } from './walk.ts'
import { lenient } from '../../utf8.ts'

/** What a feed and an entry have in common. */
interface Parts {
  readonly texts: Map<string, readonly string[]>
  readonly authors: Person[]
  readonly categories: string[]
  readonly links: Link[]
  readonly extensions: ExtensionMap
  readonly entries: JsonObject[]
}
interface Link extends Enclosure {
  readonly rel: string
}

/** Atom 0.3's names beside those of 1.0. */
const FEED_TEXTS: Readonly<Record<string, string>> = {
  title: 'title', id: 'id', updated: 'updated', modified: 'updated', subtitle: 'subtitle', tagline: 'subtitle',
  generator: 'generator', icon: 'icon', logo: 'logo', rights: 'rights', copyright: 'rights',
}
const ENTRY_TEXTS: Readonly<Record<string, string>> = {
  title: 'title', id: 'id', rights: 'rights', copyright: 'rights', summary: 'summary', updated: 'updated', modified: 'updated',
  published: 'published', issued: 'published', content: 'content',
}

export function parseAtom(root: FeedNode): Feed {
  const { texts, authors, categories, entries } = readParts(createWalk(root), root, FEED_TEXTS)
  const text = (name: string): string => texts.get(name)?.at(-1) ?? ''
  return {
    type: 'atom',
    title: text('title'),
    description: text('subtitle'),
    language: attribute(root, 'lang'),
    copyright: text('rights'),
    published: '',
    updated: text('updated'),
    author: authors[0] ?? null,
    categories,
    image: text('logo') || null,
    items: entries,
  }
}

function readParts(walk: Walk, node: FeedNode, known: Readonly<Record<string, string>>): Parts {
  const parts: Parts = { texts: new Map(), authors: [], categories: [], links: [], extensions: {}, entries: [] }
  walkChildren(walk, node, (child, name) => {
    if (isExtension(child)) {
      addExtension(parts.extensions, child)
      walk.skip(child)
    } else if (Object.hasOwn(known, name)) addText(parts.texts, known[name]!, readText(walk, child))
    else if (name === 'author' || name === 'contributor') {
      const person = readPerson(walk, child)
      if (name === 'author') parts.authors.push(person)
    } else if (name === 'entry' && known === FEED_TEXTS) parts.entries.push(readEntry(walk, child))
    else if (name === 'source' && known === ENTRY_TEXTS) readParts(walk, child, FEED_TEXTS)
    else {
      if (name === 'category') parts.categories.push(attribute(child, 'term'))
      if (name === 'link') parts.links.push(readLink(child))
      walk.skip(child)
    }
  })
  return parts
}

function addText(texts: Map<string, readonly string[]>, name: string, text: string): void {
  texts.set(name, [...(texts.get(name) ?? []), text])
}

const dateOf = (texts: Parts['texts'], name: string): string | null => lastDate(texts.get(name) ?? [])?.utc ?? null

const readLink = (node: FeedNode): Link => ({ rel: attribute(node, 'rel') || 'alternate', url: attribute(node, 'href'), length: attribute(node, 'length'), type: attribute(node, 'type') })

function readPerson(walk: Walk, node: FeedNode): Person {
  const person = { name: '', email: '' }
  walkChildren(walk, node, (child, name) => {
    if (name === 'name' || name === 'email') person[name] = readText(walk, child)
    else if (name === 'uri' || name === 'url' || name === 'homepage') readText(walk, child)
    else walk.skip(child)
  })
  return person
}

function readEntry(walk: Walk, node: FeedNode): JsonObject {
  const { texts, authors, categories, links, extensions } = readParts(walk, node, ENTRY_TEXTS)
  const text = (name: string): string => texts.get(name)?.at(-1) ?? ''
  const updatedParsed = dateOf(texts, 'updated')
  return itemData({
    title: text('title'),
    description: text('summary'),
    content: text('content'),
    link: links.find(({ rel }) => rel === 'alternate')?.url ?? '',
    links: links.filter(({ rel }) => rel === 'alternate' || rel === 'self').map(({ url }) => url),
    updated: text('updated'),
    updatedParsed,
    published: text('published') || text('updated'),
    publishedParsed: dateOf(texts, 'published') ?? updatedParsed,
    author: authors[0] ?? null,
    authors,
    guid: text('id'),
    image: '',
    categories,
    enclosures: links.filter(({ rel }) => rel === 'enclosure').map(({ url, length, type }) => ({ url, length, type })),
    dcExt: null,
    itunesExt: null,
    extensions: extensionsOf(extensions),
    custom: null,
  })
}

/** Elements whose text is an address. */
const ADDRESSES = new Set(['icon', 'id', 'logo', 'uri', 'url'])

/** A text by its type: plain, HTML, XHTML, or base64. */
function readText(walk: Walk, node: FeedNode): string {
  walk.leave()
  const inner = trim(node.inner)
  // The last attribute of the name counts here.
  const last = (name: string): string => (node.attributes.findLast((item) => item.name === name)?.value ?? '').toLowerCase()
  const type = last('type')
  const text = typedText(walk, inner, type, last('mode'))
  return ADDRESSES.has(node.name.toLowerCase()) ? (walk.absolute(text) ?? text) : text
}

function typedText(walk: Walk, inner: string, type: string, mode: string): string {
  const isHtml = type === 'html' || type.includes('xhtml')
  const resolve = (html: string): string => (walk.hasBase() ? mapAddresses(html, (address) => walk.absolute(address)) : html)
  if (hasCdata(inner)) return isHtml ? resolve(stripCdata(inner)) : stripCdata(inner)
  if (type === 'text' || type.startsWith('text/') || (type === '' && mode === '')) return decodeEntities(inner)
  if (!isHtml) return decodeBase64(inner)
  const html = innerOfDiv(inner)
  return resolve(type === 'html' ? decodeEntities(html) : html)
}

/** What is no base64 stays as it is. */
function decodeBase64(text: string): string {
  const packed = text.replace(/[\r\n]/g, '')
  if (!/^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/.test(packed)) return text
  return lenient.decode(Uint8Array.from(atob(packed), (byte) => byte.charCodeAt(0)))
}
