/** Token buckets as KrakenD's rate limits count (security/RULES.md, qos/ratelimit). */
import { createKeyed } from './keyed.ts'

export interface Rate {
  /** Tokens it holds at most, and has at the start. */
  capacity: number
  /** Time in which one comes back. */
  intervalMs: number
}
export interface Bucket {
  /** Takes a token; false: there is none. */
  take(): boolean
}

/** Refilling is considered only when it is empty, so that a full one at rest lets through up to twice its capacity and one more. */
/** `since`: from when on tokens come back. */
export function createBucket({ capacity, intervalMs }: Rate, now: () => number, since = now()): Bucket {
  let tokens = capacity
  let last = since
  return {
    take() {
      if (tokens > 0) {
        tokens--
        return true
      }
      const come = Math.floor((now() - last) / intervalMs)
      if (come < 1) return false
      last += come * intervalMs
      tokens = come > capacity ? capacity : come - 1
      return true
    },
  }
}

/** A bucket a key, for a bounded number of keys. */
export function createBuckets(rate: Rate, now: () => number): (key: string) => Bucket {
  return createKeyed(() => createBucket(rate, now))
}
