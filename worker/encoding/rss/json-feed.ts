/** JSON Feed 1.0 and 1.1. */
import { isObject, numberText, parseData } from '../../json/data.ts'
import type { JsonObject } from '../../types.ts'
import { malformed } from '../xml/document.ts'
import { parseDate } from './dates.ts'
import { type Enclosure, type Feed, itemData } from './feed.ts'
import { parsePerson, type Person } from './text.ts'

/** Members that have to be texts, if they are there. */
const FEED_TEXTS = ['version', 'title', 'home_page_url', 'feed_url', 'description', 'user_comment', 'next_url', 'icon', 'favicon', 'language']
const ITEM_TEXTS = ['id', 'url', 'external_url', 'title', 'content_html', 'content_text', 'summary', 'image', 'banner_image', 'date_published', 'date_modified', 'language']
const AUTHOR_TEXTS = ['name', 'url', 'avatar']
const ATTACHMENT_TEXTS = ['url', 'mime_type', 'title']

export function parseJsonFeed(text: string): Feed {
  const feed = read(parse(text), FEED_TEXTS)
  const items = listOf(feed.members, 'items').map((item) => read(item, ITEM_TEXTS))
  const expired = find(feed.members, 'expired')
  if (expired !== undefined && expired !== null && typeof expired !== 'boolean') throw wrong('expired')
  return {
    type: 'json',
    title: feed.text('title'),
    description: feed.text('description'),
    language: feed.text('language'),
    copyright: '',
    published: items[0]?.text('date_published') ?? '',
    updated: items[0]?.text('date_modified') ?? '',
    author: authorOf(feed.members),
    categories: [],
    image: feed.text('icon') || null,
    items: items.map(toItem),
  }
}

function toItem({ members, text }: Members): JsonObject {
  const author = authorOf(members)
  const authors = find(members, 'authors')
  return itemData({
    title: text('title'),
    description: text('summary'),
    content: text('content_html') || text('content_text'),
    link: text('url'),
    links: [text('url'), text('external_url')].filter((url) => url !== ''),
    updated: text('date_modified'),
    updatedParsed: parseDate(text('date_modified'))?.text ?? null,
    published: text('date_published'),
    publishedParsed: parseDate(text('date_published'))?.text ?? null,
    author,
    authors: Array.isArray(authors) ? listOf(members, 'authors').map(toPerson) : author ? [author] : [],
    guid: text('id'),
    image: text('image') || text('banner_image'),
    categories: listOf(members, 'tags').map((tag) => textOf(tag, 'tags')),
    enclosures: listOf(members, 'attachments').map(toEnclosure),
    dcExt: null,
    itunesExt: null,
    extensions: null,
    custom: null,
  })
}

function authorOf(members: JsonObject): Person | null {
  const author = find(members, 'author') ?? null
  return author === null ? null : toPerson(author)
}

const toPerson = (author: unknown): Person => parsePerson(read(author, AUTHOR_TEXTS).text('name'))

function toEnclosure(attachment: unknown): Enclosure {
  const { members, text } = read(attachment ?? {}, ATTACHMENT_TEXTS)
  integerOf(members, 'size_in_bytes')
  return { url: text('url'), length: integerOf(members, 'duration_in_seconds'), type: text('mime_type') }
}

interface Members {
  readonly members: JsonObject
  text(name: string): string
}

/** Checks the texts among an object's members. */
function read(value: unknown, texts: readonly string[]): Members {
  if (!isObject(value)) throw wrong('object')
  for (const name of texts) textOf(find(value, name), name)
  return { members: value, text: (name) => textOf(find(value, name), name) }
}

/** Names are known in any case; the last one counts. */
function find(members: JsonObject, name: string): unknown {
  const key = Object.keys(members).findLast((key) => key.toLowerCase() === name)
  return key === undefined ? undefined : members[key]
}

function textOf(value: unknown, name: string): string {
  if (typeof value === 'string') return value.toWellFormed()
  if (value === undefined || value === null) return ''
  throw wrong(name)
}

function listOf(members: JsonObject, name: string): readonly unknown[] {
  const list = find(members, name) ?? []
  if (Array.isArray(list)) return list
  throw wrong(name)
}

function integerOf(members: JsonObject, name: string): string {
  const value = find(members, name) ?? 0
  const text = numberText(value)
  if (text !== null && /^-?\d+$/.test(text)) return text
  throw wrong(name)
}

function parse(text: string): unknown {
  try {
    return parseData(text)
  } catch {
    throw malformed('Failed to detect feed type')
  }
}

const wrong = (name: string) => malformed(`the JSON feed's ${name} is of another kind`)
