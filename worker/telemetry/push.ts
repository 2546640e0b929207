/** Sends what has been counted now and then, beside the requests and never in their way. */
import { toFailure, told } from '../errors.ts'
import type { Outside, Platform } from '../types.ts'

export interface Push {
  /** Called for each request: sees to it that what it counted is sent within the period. */
  soon(ctx: Outside): void
}

/** Cloudflare lets work go on for 30 s after its answer, and then drops it without a word. */
const LONGEST_MS = 20_000
const DROPPED_MS = 35_000
const STOPPING_MS = 50

/**
 * Workers have no timers of their own: the first request after a sending waits, beside its answer, for the next one. `send` is called
 * one at a time; what fails is tried again with the next.
 */
export function createPush(periodMs: number, platform: Platform, send: () => Promise<void>): Push {
  let waiting: Promise<void> | null = null
  let waitingSince = 0
  /** Until when one that is under way counts as such; 0: none is. */
  let sendingUntil = 0
  let stopping = false
  let wake: () => void = () => undefined
  const pause = (): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, stopping ? STOPPING_MS : Math.min(periodMs, LONGEST_MS))
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  const push = async (): Promise<void> => {
    // By timers of its own: what another request has begun may never settle for this one.
    do await pause()
    while (platform.now() < sendingUntil)
    waiting = null
    sendingUntil = platform.now() + DROPPED_MS
    try {
      await send()
    } catch (error) {
      platform.log('warning', `telemetry: ${told(toFailure(error))}`)
    } finally {
      sendingUntil = 0
    }
  }
  platform.atStop(async () => {
    stopping = true
    const last = waiting
    wake()
    await last
  })
  return {
    soon(ctx) {
      if (waiting && platform.now() - waitingSince < DROPPED_MS) return
      waitingSince = platform.now()
      waiting = push()
      ctx.waitUntil(waiting)
    },
  }
}

const PATIENCE_MS = 5000

/** Posts to a sink; rejects where it does not take it. Its own requests are counted and traced nowhere. */
export async function post(platform: Platform, url: string, headers: Readonly<Record<string, string>>, body: string): Promise<void> {
  const signal = AbortSignal.timeout(PATIENCE_MS)
  const bytes = new TextEncoder().encode(body)
  const response = await platform.fetch(url, { method: 'POST', headers: { ...headers }, body: bytes, length: bytes.length, redirect: 'manual', signal, buffer: 65_536, gzip: false })
  await response.body?.cancel()
  if (response.status >= 300) throw new Error(`${new URL(url).host} answered ${response.status}`)
}

/** A text that a sink wants to be shown, from its binding. */
export function secretOf(platform: Platform, name: string): string {
  const value = platform.binding(name)
  return typeof value === 'string' ? value : ''
}
