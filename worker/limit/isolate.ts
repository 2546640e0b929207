/** `accuracy: isolate`: buckets in memory, KrakenD's own for each of its nodes. Nodes share nothing. */
import type { CreateLimit } from '../types.ts'
import { createBucket, createBuckets, type Rate } from './bucket.ts'

export interface IsolateOptions {
  rate: Rate
  /** A bucket for each key, which begins with its first request; else one for all, which begins with the gateway. */
  keyed: boolean
}

export const limit: CreateLimit<IsolateOptions> = ({ rate, keyed }, { platform }) => {
  if (keyed) {
    const buckets = createBuckets(rate, platform.now)
    return (key) => buckets(key).take()
  }
  const bucket = createBucket(rate, platform.now, platform.startedAt)
  return () => bucket.take()
}
