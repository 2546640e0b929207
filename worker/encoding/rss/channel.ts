/** RSS 0.9 to 2.0 and RSS 1.0 (RDF). */
import { setMember } from '../../json/data.ts'
import type { JsonObject } from '../../types.ts'
import { malformed } from '../xml/document.ts'
import { lastDate, parseDate } from './dates.ts'
import { addExtension, type DublinCore, dublinCore, type ExtensionMap, extensionsOf, isExtension, type ItunesFeed, itunesFeed, itunesItem } from './extensions.ts'
import { type Enclosure, type Feed, itemData } from './feed.ts'
import { parsePerson, type Person, plainText, trim } from './text.ts'
import { attribute, type FeedNode, nodesOf } from './tree.ts'
import { createWalk, type Walk, walkChildren } from './walk.ts'

/** What a channel says, by element in lower case; the last of a name counts. */
interface Channel {
  readonly texts: Map<string, string>
  readonly categories: string[]
  readonly extensions: ExtensionMap
  /** The image's address. */
  image: string | null
  items: JsonObject[]
}

const newChannel = (): Channel => ({ texts: new Map(), categories: [], extensions: {}, image: null, items: [] })

/** Items and the image may stand in the channel or, in RSS 1.0, beside it. */
export function parseRss(root: FeedNode): Feed {
  const walk = createWalk(root)
  let channel = newChannel()
  let image: string | null = null
  const items: JsonObject[] = []
  walkChildren(walk, root, (node, name) => {
    if (isExtension(node)) walk.skip(node)
    else if (name === 'channel') channel = readChannel(walk, node)
    else if (name === 'item') items.push(readItem(walk, node))
    else if (name === 'image') image = readImage(walk, node)
    else walk.skip(node)
  })
  return toFeed({ ...channel, image: image ?? channel.image, items: [...channel.items, ...items] })
}

const CHANNEL_TEXTS = new Set(['title', 'description', 'language', 'copyright', 'managingeditor', 'webmaster', 'pubdate', 'lastbuilddate', 'generator', 'docs', 'ttl', 'rating', 'link'])

function readChannel(walk: Walk, node: FeedNode): Channel {
  const channel = newChannel()
  walkChildren(walk, node, (child, name) => {
    if (isExtension(child)) {
      addExtension(channel.extensions, child)
      walk.skip(child)
    } else if (CHANNEL_TEXTS.has(name)) channel.texts.set(name, readText(walk, child))
    else if (name === 'item') channel.items.push(readItem(walk, child))
    else if (name === 'category') channel.categories.push(readText(walk, child))
    else if (name === 'image') channel.image = readImage(walk, child)
    else {
      if (name === 'cloud') demandEmpty(child)
      walk.skip(child)
    }
  })
  return channel
}

function readText(walk: Walk, node: FeedNode): string {
  walk.leave()
  return plainText(node.inner)
}

/** gofeed gives the feed up where these hold elements. */
function demandEmpty(node: FeedNode): void {
  if (nodesOf(node).length) throw malformed(`Event Text must be immediately followed by EndTag or Text but got StartTag`)
}

function readImage(walk: Walk, node: FeedNode): string {
  let address = ''
  walkChildren(walk, node, (child, name) => {
    if (name === 'url') address = readText(walk, child)
    else if (IMAGE_TEXTS.has(name)) walk.leave()
    else walk.skip(child)
  })
  return address
}
const IMAGE_TEXTS = new Set(['title', 'link', 'width', 'height', 'description'])

interface ItemParts {
  readonly texts: Map<string, string>
  readonly dates: string[]
  readonly links: string[]
  readonly categories: string[]
  readonly enclosures: Enclosure[]
  readonly extensions: ExtensionMap
  readonly custom: JsonObject
}

const ITEM_TEXTS = new Set(['title', 'description', 'author', 'comments', 'pubdate', 'source', 'guid'])

function readItem(walk: Walk, node: FeedNode): JsonObject {
  const item: ItemParts = { texts: new Map(), dates: [], links: [], categories: [], enclosures: [], extensions: {}, custom: {} }
  walkChildren(walk, node, (child, name) => {
    if (isExtension(child)) {
      addExtension(item.extensions, child)
      walk.skip(child)
    } else if (ITEM_TEXTS.has(name)) {
      const text = readText(walk, child)
      item.texts.set(name, text)
      if (name === 'pubdate') item.dates.push(text)
    } else readItemPart(walk, child, name, item)
  })
  return toItem(item)
}

function readItemPart(walk: Walk, node: FeedNode, name: string, item: ItemParts): void {
  if (name === 'enclosure') {
    demandEmpty(node)
    item.enclosures.push({ url: attribute(node, 'url'), length: attribute(node, 'length'), type: attribute(node, 'type') })
    walk.leave()
    return
  }
  const text = readText(walk, node)
  if (name === 'encoded') {
    if (node.prefixes.get(trim(node.space)) !== 'content') throw malformed('Expected Space:* Name:item Event:EndTag')
    item.texts.set(name, text)
  } else if (name === 'link') {
    item.links.push(text || attribute(node, 'href'))
  } else if (name === 'category') item.categories.push(text)
  else setMember(item.custom, node.name, text)
}


function toFeed({ texts, categories, extensions, image, items }: Channel): Feed {
  const text = (name: string): string => texts.get(name) ?? ''
  const dc = dublinCore(extensions)
  const itunes = itunesFeed(extensions)
  return {
    type: 'rss',
    title: text('title') || first(dc?.title),
    description: text('description'),
    language: text('language') || first(dc?.language),
    copyright: text('copyright') || first(dc?.rights),
    published: text('pubdate'),
    updated: text('lastbuilddate') || first(dc?.date),
    author: authorOf([text('managingeditor'), text('webmaster')], dc, itunes?.author ?? ''),
    categories: categoriesOf(categories, itunes, dc),
    image: image ?? (itunes?.image || null),
    items,
  }
}

function toItem({ texts, dates, links, categories, enclosures, extensions, custom }: ItemParts): JsonObject {
  const text = (name: string): string => texts.get(name) ?? ''
  const dc = dublinCore(extensions)
  const itunes = itunesItem(extensions)
  const author = authorOf([text('author')], dc, (itunes?.author ?? '') as string)
  return itemData({
    title: text('title') || first(dc?.title),
    description: text('description') || first(dc?.description),
    content: text('encoded'),
    link: links.at(-1) ?? '',
    links,
    updated: '',
    updatedParsed: null,
    published: text('pubdate') || first(dc?.date),
    publishedParsed: lastDate(dates)?.utc ?? parseDate(first(dc?.date))?.text ?? null,
    author,
    authors: author ? [author] : [],
    guid: text('guid'),
    image: (itunes?.image ?? '') as string,
    categories: [...categories, ...keywords(itunes?.keywords as string | undefined), ...(dc?.subject ?? [])],
    enclosures,
    dcExt: dc,
    itunesExt: itunes,
    extensions: extensionsOf(extensions),
    custom: Object.keys(custom).length ? custom : null,
  })
}

const first = (texts: readonly string[] | undefined): string => texts?.[0] ?? ''
const keywords = (text = ''): readonly string[] => (text ? text.split(',') : [])

const categoriesOf = (own: readonly string[], itunes: ItunesFeed | null, dc: DublinCore | null): readonly string[] =>
  [...own, ...keywords(itunes?.keywords), ...(itunes?.categories ?? []), ...(dc?.subject ?? [])]

/** The first that is there, even if Dublin Core's is empty. */
function authorOf(own: readonly string[], dc: DublinCore | null, itunes: string): Person | null {
  const text = own.find((name) => name !== '') ?? dc?.author?.[0] ?? dc?.creator?.[0] ?? (itunes || null)
  return text === null ? null : parsePerson(text)
}
