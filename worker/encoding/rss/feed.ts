/** What KrakenD shows of a feed, whatever its format (gofeed's universal feed). */
import { opaque } from '../../json/data.ts'
import type { JsonObject } from '../../types.ts'
import type { Person } from './text.ts'

export interface Feed {
  readonly type: 'rss' | 'atom' | 'json'
  readonly title: string
  readonly description: string
  readonly language: string
  readonly copyright: string
  readonly published: string
  readonly updated: string
  readonly author: Person | null
  readonly categories: readonly string[]
  /** The image's address, which may be empty; null: no image. */
  readonly image: string | null
  readonly items: readonly JsonObject[]
}

export function dataOfFeed({ author, categories, image, items, ...texts }: Feed): JsonObject {
  const data: JsonObject = {
    ...texts,
    author: author && opaque(personData(author)),
    categories: categories.length ? categories : null,
    custom: null,
    items: items.map((item) => opaque(item)),
  }
  if (image !== null) data.img_url = image
  return data
}

/** An item's members, as far as they hold something. */
export interface Item {
  title: string
  description: string
  content: string
  link: string
  links: readonly string[]
  updated: string
  updatedParsed: string | null
  published: string
  publishedParsed: string | null
  author: Person | null
  authors: readonly Person[]
  guid: string
  image: string
  categories: readonly string[]
  enclosures: readonly Enclosure[]
  dcExt: JsonObject | null
  itunesExt: JsonObject | null
  extensions: JsonObject | null
  custom: JsonObject | null
}
export interface Enclosure {
  url: string
  length: string
  type: string
}

export const itemData = ({ author, authors, image, enclosures, ...rest }: Item): JsonObject =>
  filled({
    ...rest,
    author: author && personData(author),
    authors: authors.map(personData),
    image: image && { url: image },
    enclosures: enclosures.map((enclosure) => filled({ ...enclosure })),
  })

const personData = ({ name, email }: Person): JsonObject => filled({ name, email })

/** Leaves out empty texts, empty lists and null. */
export function filled(members: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== '' && value !== null && !(Array.isArray(value) && !value.length)))
}
