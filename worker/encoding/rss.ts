/** `encoding: rss`: RSS, RDF, Atom or JSON Feed as KrakenD shows them (routing/RULES.md §7). */
import { readBody } from '../backend/read.ts'
import type { CreateDecode } from '../types.ts'
import { parseAtom } from './rss/atom.ts'
import { parseRss } from './rss/channel.ts'
import { dataOfFeed, type Feed } from './rss/feed.ts'
import { parseJsonFeed } from './rss/json-feed.ts'
import { readTree } from './rss/tree.ts'
import { malformed, readDocument } from './xml/document.ts'
import { lenient } from '../utf8.ts'

export interface RssOptions {
  maxBytes: number
}

export const decode: CreateDecode<RssOptions> = ({ maxBytes }) => async (response) => {
  const feed = parseFeed(await readBody(response, maxBytes))
  return { status: 0, headers: null, complete: true, body: { kind: 'data', value: dataOfFeed(feed) } }
}

/** Blanks and byte order marks before the first character don't count. */
const START = /^[\t\n\r \xFE\xFF\0\xEF\xBB\xBF]*/

export function parseFeed(bytes: Uint8Array): Feed {
  const text = new TextDecoder('latin1').decode(bytes.subarray(0, 256))
  const start = text.replace(START, '')[0]
  if (start === '{') return parseJsonFeed(lenient.decode(bytes))
  const root = start === '<' ? readTree(readDocument(bytes)) : null
  const name = root?.name.toLowerCase()
  if (name === 'rss' || name === 'rdf') return parseRss(root!)
  if (name === 'feed') return parseAtom(root!)
  throw malformed('Failed to detect feed type')
}
