/**
 * `accuracy: global`: tokens are leased from a Durable Object, many at a time where many are used. It never gives out more than there are, so
 * what all isolates let through is the limit; what they hold besides is a tenth of the capacity each, for some seconds (docs/limits-and-caches.md).
 */
import type { CreateLimit, Made } from '../types.ts'
import type { Rate } from './bucket.ts'
import { createKeyed } from './keyed.ts'
import { fullAfterMs, type Lease, SHARE } from './lease.ts'
import type { LeaseRequest } from './object.ts'

export interface GlobalOptions {
  binding: string
  /** What tells this limit from the others of the gateway. */
  name: string
  rate: Rate
  onFailure: 'allow' | 'deny'
}

interface Objects {
  idFromName(name: string): unknown
  get(id: unknown): { fetch(url: string, init: RequestInit): Promise<Response> }
}

/** What an isolate has of one bucket. */
interface Held {
  tokens: number
  /** Until then they may be used. */
  until: number
  /** How many to ask for; those who come while one asks ask for one. */
  wanted: number
  askedAt: number
  isAsking: boolean
  /** Until then the answer is known: there are none, or nobody answers. */
  closedUntil: number
  whileClosed: boolean
}

/** A lease is used up in this time or given up. */
const LEASE_MS = 10_000
/** Who comes back sooner asks for more at once, who comes later for one. */
const BUSY_MS = 1000
/** An object that does not answer is not asked again for as long. */
const PATIENCE_MS = 1000

export const limit: CreateLimit<GlobalOptions> = (options, made) => {
  const { platform } = made
  const held = createKeyed<Held>(() => ({ tokens: 0, until: 0, wanted: 1, askedAt: 0, isAsking: false, closedUntil: 0, whileClosed: false }))
  const ask = createAsk(options, made)
  return (key) => {
    const mine = held(key)
    const now = platform.now()
    if (mine.tokens > 0 && now < mine.until) {
      mine.tokens--
      return true
    }
    return now < mine.closedUntil ? mine.whileClosed : take(mine, now, key, options, ask, made)
  }
}

async function take(mine: Held, now: number, key: string, { rate, name, onFailure }: GlobalOptions, ask: Ask, { platform, site }: Made): Promise<boolean> {
  // Workers drop a call whose client has gone: one that has not come back by now never will.
  const isAlone = !mine.isAsking || now - mine.askedAt > PATIENCE_MS
  if (isAlone) {
    mine.wanted = now - mine.askedAt < BUSY_MS ? Math.min(mine.wanted * 2, Math.max(1, Math.floor(rate.capacity / SHARE))) : 1
    mine.askedAt = now
    mine.isAsking = true
  }
  try {
    const { granted, waitMs } = await ask(key, isAlone ? mine.wanted : 1)
    const then = platform.now()
    if (granted === 0) {
      mine.closedUntil = then + waitMs
      mine.whileClosed = false
      return false
    }
    if (granted > 1) {
      mine.tokens = (then < mine.until ? mine.tokens : 0) + granted - 1
      mine.until = then + Math.min(LEASE_MS, fullAfterMs(rate))
    }
    return true
  } catch (error) {
    platform.log('error', `${site.method} ${site.path}: rate limit ${name}: ${error instanceof Error ? error.message : String(error)}: ${onFailure}`)
    mine.closedUntil = platform.now() + PATIENCE_MS
    mine.whileClosed = onFailure === 'allow'
    return mine.whileClosed
  } finally {
    if (isAlone) mine.isAsking = false
  }
}

type Ask = (key: string, wanted: number) => Promise<Lease>

function createAsk({ binding, name, rate }: GlobalOptions, { platform, site }: Made): Ask {
  const prefix = `${site.method} ${site.path} ${name} `
  return async (key, wanted) => {
    const objects = platform.binding(binding) as Objects | undefined
    if (!objects) throw new Error(`nothing is bound to ${binding}`)
    const object = objects.get(objects.idFromName(prefix + key))
    const body = JSON.stringify({ rate, wanted } satisfies LeaseRequest)
    const response = await inTime(object.fetch('http://limits/', { method: 'POST', body }))
    if (!response.ok) throw new Error(`the object answered ${response.status}`)
    return (await response.json()) as Lease
  }
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${PATIENCE_MS} ms`)), PATIENCE_MS)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
