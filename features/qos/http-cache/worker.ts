/** Answers of a backend, kept as HTTP says: httpcache's rules, with a key that keeps users apart (security/RULES.md, qos/http-cache). */
import { type Directives, freshnessOf, isForSame, isToken, mayBeStale, parseCacheControl, VARIED, variedBy } from '../../../worker/cache/freshness.ts'
import { keyOf } from '../../../worker/cache/key.ts'
import { record } from '../../../worker/cache/record.ts'
import { type Bounds, type Entry, type Store } from '../../../worker/cache/store.ts'
import { storeOf } from '../../../worker/cache/stores.ts'
import type { Context, CreateStage, Handler, UpstreamRequest } from '../../../worker/types.ts'

export interface Options {
  /** What keeps its entries apart from those of other backends; '' is shared. */
  scope: string
  /** max_items and max_size; null: the platform's cache, or a part of the memory that all such caches share. */
  bounds: Bounds | null
}

const CACHEABLE = new Set(['GET', 'HEAD'])

export const client: CreateStage<'client', Options> = ({ scope, bounds }, { platform, site }) => {
  const store = storeOf(platform, scope, bounds)
  const prefix = scope && `${site.method} ${site.path} ${scope}`
  return (next) => async (request, ctx) => {
    const key = keyOf(prefix, request)
    if (!CACHEABLE.has(request.method) || request.headers.has('range')) {
      await store.delete(key)
      return next(request, ctx)
    }
    const asked = parseCacheControl(request.headers.get('cache-control'))
    const entry = await store.get(key)
    const call: Call = { request, ctx, next: withoutRedirects(next), asked, now: platform.now }
    const { answer, entry: unchanged } = entry ? await use(entry, call) : await fetchFirst(call)
    if (answer === null) return toResponse(unchanged!)
    return keep(answer, unchanged, key, store, call)
  }
}

interface Call {
  request: UpstreamRequest
  ctx: Context
  next: (request: UpstreamRequest, ctx: Context) => Promise<Answer>
  asked: Directives
  now(): number
}
interface Answer {
  response: Response
  /** It may be stored. */
  own: boolean
}
interface Found {
  /** null: the stored one is used as it is. */
  answer: Answer | null
  /** The stored one, with the headers of a 304. */
  entry: Entry | null
}

/** Go's cache sees each hop of a redirect by itself. This one sees the whole, and keeps what was asked of one address only. */
const withoutRedirects = (next: Handler<'client'>): Call['next'] => async (request, ctx) => {
  let hops = 0
  const fetch: UpstreamRequest['fetch'] = (url, init) => {
    hops++
    return request.fetch(url, init)
  }
  const response = await next({ ...request, fetch }, ctx)
  return { response, own: hops < 2 }
}

async function fetchFirst({ request, ctx, next, asked }: Call): Promise<Found> {
  if (asked.has('only-if-cached')) return { answer: { response: new Response(null, { status: 504 }), own: false }, entry: null }
  return { answer: await next(request, ctx), entry: null }
}

async function use(entry: Entry, { request, ctx, next, asked, now }: Call): Promise<Found> {
  const stored = headersOf(entry)
  const freshness = isForSame(stored, request.headers) ? freshnessOf(stored, asked, now()) : 'not-asked'
  if (freshness === 'fresh') return { answer: null, entry }
  const isGet = request.method === 'GET'
  const bridges = (): boolean => isGet && mayBeStale(stored, asked, now())
  try {
    const answer = await next(freshness === 'stale' ? { ...request, headers: withValidators(request, stored) } : request, ctx)
    const { status } = answer.response
    if (isGet && status === 304) return { answer, entry: renew(entry, stored, answer.response.headers) }
    if (status < 500 || !bridges()) return { answer, entry: null }
    await answer.response.body?.cancel()
  } catch (error) {
    if (!bridges()) throw error
  }
  return { answer: null, entry }
}

function withValidators({ headers }: UpstreamRequest, stored: Headers): UpstreamRequest['headers'] {
  const more = new Map(headers)
  for (const [validator, name] of [['etag', 'if-none-match'], ['last-modified', 'if-modified-since']] as const) {
    const value = stored.get(validator)
    if (value && !headers.get(validator)) more.set(name, value)
  }
  return more
}

const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'te', 'trailers', 'transfer-encoding', 'upgrade'])
/** Of the 304 itself: KrakenD takes its length, and so empties the stored body. */
const OWN = new Set(['content-length', 'content-encoding'])

function renew(entry: Entry, stored: Headers, news: Headers): Entry {
  const listed = (news.get('connection') ?? '').split(',').map((name) => name.trim().toLowerCase())
  for (const [name, value] of news) if (!HOP_BY_HOP.has(name) && !OWN.has(name) && !listed.includes(name)) stored.set(name, value)
  return { ...entry, headers: [...stored] }
}

/** Hands the answer on, and stores it once its body has been read to the end. */
async function keep({ response, own }: Answer, unchanged: Entry | null, key: string, store: Store, { request, ctx, asked }: Call): Promise<Response> {
  if (!own) return response
  const entry: Entry = unchanged ?? { status: response.status, headers: [...response.headers], body: null }
  const headers = headersOf(entry)
  if (asked.has('no-store') || parseCacheControl(headers.get('cache-control')).has('no-store')) {
    await store.delete(key)
    return unchanged ? toResponse(unchanged) : response
  }
  for (const name of variedBy(headers)) {
    const value = request.headers.get(name)
    if (value && isToken(name)) headers.set(VARIED + name, value)
  }
  const put = (body: Entry['body']): void => ctx.waitUntil(store.put(key, { status: entry.status, headers: storedHeaders(headers), body }))
  if (unchanged) {
    await response.body?.cancel()
    put(unchanged.body)
    return toResponse({ ...unchanged, headers: [...headers] })
  }
  // What is not read to its end leaves nothing behind, nor what was there before if it failed.
  if (response.status !== 200) await store.delete(key)
  return record(response, headers, store.largest, put)
}

/** A cookie is for the one who asked. */
const storedHeaders = (headers: Headers): Entry['headers'] => [...headers].filter(([name]) => name !== 'set-cookie')

const headersOf = ({ headers }: Entry): Headers => new Headers(headers.map(([name, value]) => [name, value]))
const toResponse = (entry: Entry): Response => new Response(entry.body, { status: entry.status, headers: headersOf(entry) })
