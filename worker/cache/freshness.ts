/** When a stored answer may be used: httpcache's rules, which KrakenD's cache follows (security/RULES.md, qos/http-cache). */
import type { HeaderMap } from '../types.ts'

export type Directives = ReadonlyMap<string, string>

/** Names are compared as they are written, and quotes belong to a value. */
export function parseCacheControl(header: string | null | undefined): Directives {
  const directives = new Map<string, string>()
  for (const part of (header ?? '').split(',')) {
    const text = trim(part)
    if (text === '') continue
    const [name, value] = text.split('=') as [string, string?]
    directives.set(trim(name), value ?? '')
  }
  return directives
}
/** Blanks only. */
const trim = (text: string): string => text.replace(/^ +| +$/g, '')

export type Freshness = 'fresh' | 'stale' | 'not-asked'

export function freshnessOf(stored: Headers, asked: Directives, now: number): Freshness {
  const own = parseCacheControl(stored.get('cache-control'))
  if (asked.has('no-cache')) return 'not-asked'
  if (own.has('no-cache')) return 'stale'
  if (asked.has('only-if-cached')) return 'fresh'
  const date = dateOf(stored.get('date'))
  if (date === null) return 'stale'
  let age = now - date
  let lifetime = lifetimeOf(stored, own, date)
  const most = asked.get('max-age')
  if (most !== undefined) lifetime = millisecondsOf(most) ?? 0
  age += millisecondsOf(asked.get('min-fresh')) ?? 0
  const staleness = asked.get('max-stale')
  if (staleness === '') return 'fresh'
  age -= millisecondsOf(staleness) ?? 0
  return lifetime > age ? 'fresh' : 'stale'
}

function lifetimeOf(stored: Headers, own: Directives, date: number): number {
  const most = own.get('max-age')
  if (most !== undefined) return millisecondsOf(most) ?? 0
  const expires = dateOf(stored.get('expires'))
  return expires === null ? 0 : expires - date
}

/** stale-if-error, of the answer or of the request. */
export function mayBeStale(stored: Headers, asked: Directives, now: number): boolean {
  let lifetime = -1
  for (const directives of [parseCacheControl(stored.get('cache-control')), asked]) {
    const value = directives.get('stale-if-error')
    if (value === '') return true
    if (value === undefined) continue
    const parsed = millisecondsOf(value)
    if (parsed === null) return false
    lifetime = parsed
  }
  const date = dateOf(stored.get('date'))
  return lifetime >= 0 && date !== null && lifetime > now - date
}

/** A number of seconds as Go's time.ParseDuration takes it with an `s` behind. */
function millisecondsOf(seconds: string | undefined): number | null {
  return seconds !== undefined && /^[+-]?(\d+\.?\d*|\.\d+)$/.test(seconds) ? Number(seconds) * 1000 : null
}

/** RFC 1123, with a zone of three letters. */
function dateOf(text: string | null): number | null {
  const parsed = text && /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [A-Z]{3}$/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(parsed) ? null : parsed
}

/** Names that Vary lists, in lower case. `*` is a name like any other, which no request has. */
export const variedBy = (headers: Headers): string[] => (headers.get('vary') ?? '').split(',').map((name) => name.trim().toLowerCase()).filter((name) => name !== '')

export const VARIED = 'x-varied-'

/** The request has the headers that the stored answer was chosen by. */
export const isForSame = (stored: Headers, asked: HeaderMap): boolean => variedBy(stored).every((name) => (asked.get(name) ?? '') === ((isToken(name) ? stored.get(VARIED + name) : null) ?? ''))

/** Other names no Headers object takes. */
export const isToken = (name: string): boolean => /^[!#$%&'*+\-.^_`|~0-9a-z]+$/.test(name)
