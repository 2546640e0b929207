/** The bucket behind `accuracy: global`: one for all, from which isolates lease tokens. */
import type { Rate } from './bucket.ts'

/** How full it was, and when. */
export interface Level {
  tokens: number
  at: number
}
export interface Lease {
  granted: number
  /** When the next token comes; 0 where some were granted. */
  waitMs: number
}

/** One isolate is leased this part of what is left, and one token at least: the emptier the bucket, the nearer to the truth. */
export const SHARE = 10

export const full = ({ capacity }: Rate, now: number): Level => ({ tokens: capacity, at: now })

/** Time in which it is full again, whatever happens to it now. */
export const fullAfterMs = ({ capacity, intervalMs }: Rate): number => capacity * intervalMs

/** Changes the level. */
export function lease(level: Level, { capacity, intervalMs }: Rate, wanted: number, now: number): Lease {
  // The rate may have been another when the level was written, and clocks may go back.
  level.tokens = Math.min(capacity, level.tokens + Math.max(0, now - level.at) / intervalMs)
  level.at = now
  if (level.tokens < 1) return { granted: 0, waitMs: Math.ceil((1 - level.tokens) * intervalMs) }
  const granted = Math.max(1, Math.min(wanted, Math.floor(level.tokens / SHARE)))
  level.tokens -= granted
  return { granted, waitMs: 0 }
}
