/** Elements of other name spaces; Dublin Core and iTunes have forms of their own. */
import { member, setMember } from '../../json/data.ts'
import type { JsonObject } from '../../types.ts'
import { filled } from './feed.ts'
import { CANONICAL } from './namespaces.ts'
import { trim } from './text.ts'
import { type FeedNode, isNode } from './tree.ts'

interface Extension extends JsonObject {
  readonly name: string
  readonly value: string
  readonly attrs: JsonObject
  readonly children: Extensions
}
/** By name. */
type Extensions = { [name: string]: Extension[] }
/** By prefix, then by name. */
export type ExtensionMap = { [prefix: string]: Extensions }

/** Prefixes of the formats themselves. */
const OWN = new Set(['', 'rss', 'rdf', 'content'])

export function isExtension({ space, prefixes }: FeedNode): boolean {
  const prefix = prefixes.get(trim(space))
  return prefix === undefined ? space !== '' : !OWN.has(prefix)
}

export function addExtension(map: ExtensionMap, node: FeedNode): void {
  const prefix = CANONICAL.get(node.space) ?? node.prefixes.get(node.space) ?? node.space
  if (!Object.hasOwn(map, prefix)) setMember(map, prefix, {})
  append(map[prefix]!, readExtension(node))
}

export const extensionsOf = (map: ExtensionMap): ExtensionMap | null => (Object.keys(map).length ? map : null)

function append(extensions: Extensions, extension: Extension): void {
  if (Object.hasOwn(extensions, extension.name)) extensions[extension.name]!.push(extension)
  else setMember(extensions, extension.name, [extension])
}

function readExtension(node: FeedNode): Extension {
  const attrs: JsonObject = {}
  for (const { name, value } of node.attributes) setMember(attrs, name, value)
  const children: Extensions = {}
  for (const child of node.children) if (isNode(child)) append(children, readExtension(child))
  return { name: node.name, value: trim(node.children.map((child) => (isNode(child) ? '' : child)).join('')), attrs, children }
}

const matches = (extensions: Extensions, name: string): readonly Extension[] => (member(extensions, name) ?? []) as readonly Extension[]
const textOf = (extensions: Extensions, name: string): string => matches(extensions, name)[0]?.value ?? ''
const attributeOf = (extension: Extension | undefined, name: string): string => (extension ? ((member(extension.attrs, name) ?? '') as string) : '')
const group = (map: ExtensionMap, prefix: string): Extensions | null => (Object.hasOwn(map, prefix) ? map[prefix]! : null)

const DUBLIN_CORE = ['title', 'creator', 'author', 'subject', 'description', 'publisher', 'contributor', 'date', 'type', 'format', 'identifier', 'source', 'language', 'relation', 'coverage', 'rights'] as const
export type DublinCore = { readonly [name in (typeof DUBLIN_CORE)[number]]?: readonly string[] } & JsonObject

export function dublinCore(map: ExtensionMap): DublinCore | null {
  const found = group(map, 'dc')
  return found && filled(Object.fromEntries(DUBLIN_CORE.map((name) => [name, matches(found, name).map(({ value }) => value)])))
}

/** The same members for feeds and items, and those of items alone. */
const ITUNES = ['author', 'block', 'explicit', 'keywords', 'subtitle', 'summary']
const ITUNES_ITEM = ['duration', 'isClosedCaptioned', 'episode', 'season', 'order', 'episodeType']

export function itunesItem(map: ExtensionMap): JsonObject | null {
  const found = group(map, 'itunes')
  if (!found) return null
  return filled({ ...Object.fromEntries([...ITUNES, ...ITUNES_ITEM].map((name) => [name, textOf(found, name)])), image: attributeOf(matches(found, 'image')[0], 'href') })
}

export interface ItunesFeed {
  readonly author: string
  readonly image: string
  readonly keywords: string
  /** Each category, then the first one within it. */
  readonly categories: readonly string[]
}

/** As far as the feed's own members depend on it: KrakenD doesn't show the rest. */
export function itunesFeed(map: ExtensionMap): ItunesFeed | null {
  const found = group(map, 'itunes')
  if (!found) return null
  const categories = matches(found, 'category').flatMap((category) => [category, ...matches(category.children, 'category').slice(0, 1)])
  return {
    author: textOf(found, 'author'),
    image: attributeOf(matches(found, 'image')[0], 'href'),
    keywords: textOf(found, 'keywords'),
    categories: categories.map((category) => attributeOf(category, 'text')),
  }
}
