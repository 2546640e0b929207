/** Where a validator's keys come from, and how long they count (security/RULES.md, auth/validator: key sets). */
import { withoutSecrets } from '../errors.ts'
import type { Made, Outside, Platform } from '../types.ts'
import { createDownload } from './download.ts'
import { idOfKey, type Key, parseKeySet, type Strategy } from './jwk.ts'
import { createRecent } from './recent.ts'

export type KeySourceOptions =
  /** A file's keys: those that are public stand here, any others in the binding. */
  | { kind: 'file'; text: string }
  | { kind: 'binding'; name: string }
  | {
      kind: 'url'
      url: string
      /** The address is that of an OpenID configuration, which names the key set's. */
      discover: boolean
      /** Sets that together are this one; empty: it is a set by itself. */
      origins: readonly string[]
      /** null: no key is kept. */
      cacheMs: number | null
      /** shared_cache_duration: a second level that the validators of a URL have in common. */
      sharedMs: number | null
      /** failed_jwk_key_cooldown. */
      cooldownMs: number | null
    }
type UrlOptions = Extract<KeySourceOptions, { kind: 'url' }>

export interface KeySource {
  /** The key of that id, or null. */
  find(id: string, ctx: Outside): Key | null | Promise<Key | null>
  /** No key is kept: KrakenD asks once more before it reads the claims. */
  asksTwice: boolean
}

export function createKeySource(options: KeySourceOptions, strategy: Strategy, made: Made): KeySource {
  if (options.kind === 'url') return createRemote(options, strategy, made)
  const keys = byId(parseKeySet(options.kind === 'file' ? options.text : boundText(options.name, made.platform)), strategy)
  return { find: (id) => keys.get(id) ?? null, asksTwice: false }
}

function boundText(name: string, platform: Platform): string {
  const text = platform.binding(name)
  if (typeof text === 'string') return text
  throw new Error(`nothing is bound to ${name}: the key set is a secret of this gateway`)
}

/** Of equal ids the last counts. */
const byId = (keys: readonly Key[], strategy: Strategy): Map<string, Key> => new Map(keys.map((key) => [idOfKey(strategy, key), key]))

/** While the issuer can't be asked, keys go on counting for so long beyond their time. */
const STALE_MS = 24 * 60 * 60_000
/** And the next request after this asks again, beside its answer. */
const RETRY_MS = 10_000
/** More ids than this are cooled down by forgetting the oldest. */
const COOLED = 10_000

interface Kept {
  key: Key
  until: number
  /** Its time was up and the issuer did not answer. */
  staleUntil: number | null
}

function createRemote(options: UrlOptions, strategy: Strategy, made: Made): KeySource {
  const { platform } = made
  const download = createFetcher(options, made)
  const { cacheMs } = options
  const cooldown = options.cooldownMs === null ? null : createCooldown(options.cooldownMs, platform)
  const kept = new Map<string, Kept>()
  const shared = sharedKeys(options, strategy, platform)

  const store = ({ keys, at }: Downloaded): Map<string, Key> => {
    const found = byId(keys, strategy)
    if (cacheMs === null) return found
    for (const [id, key] of found) {
      const old = kept.get(id)?.key
      kept.set(id, { key: old?.text === key.text ? old : key, until: at + cacheMs, staleUntil: null })
    }
    // Keys that the set no longer lists stay for their time, and not longer.
    for (const [id, { until }] of kept) if (until <= platform.now()) kept.delete(id)
    shared?.store(found, at)
    return found
  }
  const refresh = async (id: string, ctx: Outside): Promise<Key | null> => {
    let keys: readonly Key[]
    try {
      keys = await download(ctx)
    } catch (error) {
      platform.log('warning', withoutSecrets(`key set ${options.url}: ${error instanceof Error ? error.message : ((error as { message?: string }).message ?? String(error))}`))
      return keepStale(kept.get(id), platform.now())
    }
    const found = store({ keys, at: platform.now() })
    return cacheMs === null ? (found.get(id) ?? null) : (kept.get(id)?.key ?? null)
  }
  const ask = async (id: string, ctx: Outside): Promise<Key | null> => {
    const key = await refresh(id, ctx)
    if (!key) cooldown?.begin(id)
    return key
  }
  return {
    asksTwice: cacheMs === null,
    find(id, ctx) {
      // First of all, as in KrakenD: what another id's download has brought since is not looked at.
      if (cooldown?.holds(id)) return null
      const own = kept.get(id)
      const now = platform.now()
      if (own && now < own.until) return own.key
      if (own?.staleUntil && now < own.staleUntil) {
        own.until = now + RETRY_MS
        ctx.waitUntil(refresh(id, ctx))
        return own.key
      }
      const common = shared?.get(id)
      if (common) {
        kept.set(id, { key: common.key, until: common.until, staleUntil: null })
        return common.key
      }
      const early = cacheMs === null ? undefined : takePrefetched(platform, options.url)
      return (early && now < early.at + cacheMs! && store(early).get(id)) || ask(id, ctx)
    },
  }
}

/** The issuer did not answer: the key goes on counting. */
function keepStale(own: Kept | undefined, now: number): Key | null {
  if (!own) return null
  own.staleUntil ??= own.until + STALE_MS
  if (now >= own.staleUntil) return null
  own.until = now + RETRY_MS
  return own.key
}

function createFetcher({ url, discover, origins }: UrlOptions, made: Made): (ctx: Outside) => Promise<readonly Key[]> {
  const download = createDownload(made)
  if (origins.length) {
    const each = origins.map((origin) => createKeeping((ctx) => download.keys(origin, ctx), made.platform))
    return async (ctx) => (await Promise.all(each.map((keys) => keys(ctx)))).flat()
  }
  if (!discover) return (ctx) => download.keys(url, ctx)
  return async (ctx) => {
    const { jwks_uri: found } = Object(await download.json(url, ctx)) as { jwks_uri?: unknown }
    if (typeof found !== 'string') throw new Error('the OpenID configuration names no jwks_uri')
    return download.keys(found, ctx)
  }
}

/** One of several sets: while its issuer is down, what it said last counts, so that it holds up none of the others. */
function createKeeping(keys: (ctx: Outside) => Promise<readonly Key[]>, platform: Platform): (ctx: Outside) => Promise<readonly Key[]> {
  let last: Downloaded = { keys: [], at: 0 }
  return async (ctx) => {
    try {
      last = { keys: await keys(ctx), at: platform.now() }
    } catch (error) {
      platform.log('warning', `key set: ${error instanceof Error ? error.message : String((error as { message?: unknown }).message)}`)
      if (platform.now() - last.at > STALE_MS) last = { keys: [], at: 0 }
    }
    return last.keys
  }
}

/** Ids that were not found are not asked for again for a while. */
function createCooldown(milliseconds: number, { now }: Platform): { holds(id: string): boolean; begin(id: string): void } {
  const failed = createRecent<number>(COOLED)
  return { holds: (id) => now() < (failed.get(id) ?? 0), begin: (id) => failed.set(id, now() + milliseconds) }
}

interface Shared {
  get(id: string): { key: Key; until: number } | undefined
  store(keys: ReadonlyMap<string, Key>, at: number): void
}
/** Keys by URL, strategy and id, of the isolate. KrakenD leaves out the URL, so that one issuer's keys open another's endpoints. */
const commons = new WeakMap<Platform, Map<string, { key: Key; until: number }>>()

function sharedKeys({ url, cacheMs, sharedMs }: UrlOptions, strategy: Strategy, platform: Platform): Shared | null {
  if (sharedMs === null || cacheMs === null) return null
  let all = commons.get(platform)
  if (!all) commons.set(platform, (all = new Map()))
  const keys = all
  const nameOf = (id: string): string => JSON.stringify([url, strategy, id])
  return {
    get(id) {
      const found = keys.get(nameOf(id))
      return found && platform.now() < found.until ? found : undefined
    },
    store(found, at) {
      for (const [name, { until }] of keys) if (until <= platform.now()) keys.delete(name)
      for (const [id, key] of found) keys.set(nameOf(id), { key, until: at + sharedMs })
    },
  }
}

interface Downloaded {
  keys: readonly Key[]
  at: number
}
/** Sets that were downloaded at the start, of the isolate: the first validator that asks for one takes it, as in KrakenD. */
const prefetched = new WeakMap<Platform, Map<string, Downloaded>>()

export async function prefetch(options: UrlOptions, made: Made, ctx: Outside): Promise<void> {
  const { platform } = made
  let all = prefetched.get(platform)
  if (!all) prefetched.set(platform, (all = new Map()))
  try {
    all.set(options.url, { keys: createDownload(made).early(options.url) ?? (await createFetcher(options, made)(ctx)), at: platform.now() })
  } catch {
    // The first token asks again, and says what is wrong.
  }
}

function takePrefetched(platform: Platform, url: string): Downloaded | undefined {
  const all = prefetched.get(platform)
  const found = all?.get(url)
  all?.delete(url)
  return found
}
