/** Rates as KrakenD reads them: so many in `every`, which is a second if it is none (security/RULES.md, qos/ratelimit). */
import { parseDuration } from '../../../compiler/schema/loose.ts'
import type { Rate } from '../../../worker/limit/bucket.ts'

/** null: no limit. `leastMs`: a shorter `every` counts as a second. Multiplied in KrakenD's order, since the capacity is cut. */
export function rateOf(max: number | undefined, capacity: number | undefined, every: string | undefined, leastMs: number): Rate | null {
  const parsed = every === undefined ? null : parseDuration(every)
  const everyMs = parsed === null || parsed < leastMs ? 1000 : parsed
  if (!max || max <= 0 || everyMs <= 0) return null
  const perSecond = max * (1000 / everyMs)
  return { capacity: capacityOf(capacity) || (perSecond < 1 ? 1 : Math.floor(perSecond)), intervalMs: 1000 / perSecond }
}

/** Whole tokens; 0: none is said. */
export const capacityOf = (written: number | undefined): number => Math.max(0, Math.trunc(written ?? 0))
