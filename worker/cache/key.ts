/** What an answer is kept under. */
import type { UpstreamRequest } from '../types.ts'

/**
 * Headers that say how an answer is wanted, or which way the request came, and not who asks. Upstreams that answer by one of them say so
 * with Vary. Every other header is a part of the key: KrakenD's has none, Authorization neither, and hands one user's answer to the next.
 */
const IMPERSONAL = new Set([
  'accept', 'accept-charset', 'accept-encoding', 'accept-language', 'cache-control', 'content-length', 'content-type', 'dnt', 'early-data', 'etag', 'expect',
  'if-match', 'if-modified-since', 'if-none-match', 'if-range', 'if-unmodified-since', 'last-modified', 'max-forwards', 'origin', 'pragma', 'priority',
  'range', 'referer', 'save-data', 'te', 'traceparent', 'tracestate', 'upgrade-insecure-requests', 'user-agent', 'via', 'x-forwarded-for',
  'x-forwarded-host', 'x-forwarded-port', 'x-forwarded-proto', 'x-forwarded-via', 'x-real-ip', 'x-request-id', 'x-correlation-id',
])
/** Only those that say no more: Cloudflare Access, for one, names the user in a header of its own. */
const HINTS = /^(sec-(fetch-|ch-|gpc$|purpose$)|cf-(ray|visitor|connecting-ip|connecting-ipv6|pseudo-ipv4|ipcountry|ew-via|worker)$|x-b3-)/

/** `scope` keeps the caches of different backends apart. */
export function keyOf(scope: string, { method, url, headers }: UpstreamRequest): string {
  const personal = [...headers].filter(([name]) => !IMPERSONAL.has(name) && !HINTS.test(name)).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify([scope, method, url, ...personal])
}
