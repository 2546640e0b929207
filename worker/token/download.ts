/** Downloads of key sets. Those under way are shared: of many requests that need one, one asks. */
import { readBody } from '../backend/read.ts'
import { call as createCall } from '../client/fetch.ts'
import type { Context, Failure, Handler, Made, Outside, Platform, UpstreamRequest } from '../types.ts'
import { lenient } from '../utf8.ts'
import { type Key, parseKeySet } from './jwk.ts'

/** A set of hundreds of keys is a tenth of this. */
const MAX_BYTES = 1024 * 1024
const TIMEOUT_MS = 5000

export interface Download {
  /** Keys in the set's own order. Rejects where KrakenD refuses the set, or nothing answers. */
  keys(url: string, ctx: Outside): Promise<readonly Key[]>
  /** What was downloaded before the gateway started; null: nothing was. */
  early(url: string): readonly Key[] | null
  /** Any JSON. */
  json(url: string, ctx: Outside): Promise<unknown>
}

const LATE: Failure = { kind: 'timeout', message: `no answer in ${TIMEOUT_MS} ms` }

export function createDownload(made: Made): Download {
  const { platform } = made
  const call = createCall({ redirectBody: false, buffer: MAX_BYTES, gzip: true }, made)
  return {
    keys: (url, ctx) => shared(platform, `keys ${url}`, ctx, async () => keysOf(await get(platform, call, url, ctx))),
    early(url) {
      const found = earlyOf(platform, url)
      return found ? keysOf(found) : null
    },
    json: (url, ctx) => shared(platform, `json ${url}`, ctx, async () => JSON.parse((await get(platform, call, url, ctx)).text) as unknown),
  }
}

interface Found {
  type: string
  text: string
}

/** Go's client looks at the type alone, not at the status (security/RULES.md, key sets). */
function keysOf({ type, text }: Found): Key[] {
  if (!/^application\/(json|jwk-set\+json)/.test(type)) throw new Error(`expected a key set, found content of the type ${JSON.stringify(type)}`)
  return parseKeySet(text)
}

/** `cuttle run` downloads for workerd, which has no time before its first request (compiler/early.ts). */
const EARLY = 'CUTTLE_EARLY'
const EARLY_MS = 60_000

function earlyOf({ binding, now }: Platform, url: string): Found | undefined {
  const text = binding(EARLY)
  if (typeof text !== 'string') return undefined
  const { at, answers } = JSON.parse(text) as { at: number; answers: { readonly [url: string]: Found } }
  return now() - at < EARLY_MS ? answers[url] : undefined
}

async function get(platform: Platform, call: Handler<'client'>, url: string, { env, waitUntil }: Outside): Promise<Found> {
  const deadline = platform.startDeadline(TIMEOUT_MS)
  const ctx: Context = { env, trace: null, waitUntil, deadline, slots: null }
  const request: UpstreamRequest = { method: 'GET', url, headers: new Map(), body: null, length: null, fetch: platform.fetch }
  const work = call(request, ctx).then(async (response) => ({ type: response.headers.get('content-type') ?? '', text: lenient.decode(await readBody(response, MAX_BYTES)) }))
  const found = await deadline.race<Found | null>(work, null)
  deadline.clear()
  if (!found) throw LATE
  return found
}

/** Downloads under way, of the isolate. There are as many addresses as the configuration has. */
const underWay = new WeakMap<Platform, Map<string, { work: Promise<unknown>; since: number }>>()

/**
 * On Workers what one request has begun settles for others only while `waitUntil` holds it, and never if that request is cut off: so
 * nobody waits for it longer than it may take.
 */
async function shared<T>(platform: Platform, name: string, ctx: Outside, begin: () => Promise<T>): Promise<T> {
  let all = underWay.get(platform)
  if (!all) underWay.set(platform, (all = new Map()))
  const running = all.get(name)
  if (running && platform.now() - running.since < TIMEOUT_MS) {
    const deadline = platform.startDeadline(TIMEOUT_MS)
    const found = await deadline.race<{ value: T } | null>(running.work.then((value) => ({ value: value as T })), null)
    deadline.clear()
    if (found) return found.value
  }
  const own = { work: begin(), since: platform.now() }
  all.set(name, own)
  ctx.waitUntil(own.work.catch(() => undefined))
  try {
    return await own.work
  } finally {
    if (all.get(name) === own) all.delete(name)
  }
}
