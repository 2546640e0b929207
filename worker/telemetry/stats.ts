/** KrakenD's own statistics (krakend-metrics): counters, and samples of latencies and sizes, by dotted names. */

import type { Platform } from '../types.ts'

/** Numbers of which a random part is kept, so that percentiles cost the same for ten and for ten million. */
export interface Sample {
  count: number
  kept: number[]
}
export interface Stats {
  counters: Map<string, number>
  samples: Map<string, Sample>
}

const KEPT = 1028
/** Names come from the configuration; statuses of upstreams make the rest. */
const MAX_NAMES = 20_000

export const createStats = (): Stats => ({ counters: new Map(), samples: new Map() })

const stores = new WeakMap<Platform, Stats>()

/** An isolate's statistics: one store for all stages of a gateway. */
export function statsOf(platform: Platform): Stats {
  let stats = stores.get(platform)
  if (!stats) stores.set(platform, (stats = createStats()))
  return stats
}

export function add({ counters }: Stats, name: string, amount = 1): void {
  const before = counters.get(name)
  if (before !== undefined || counters.size < MAX_NAMES) counters.set(name, (before ?? 0) + amount)
}

export function sample({ samples }: Stats, name: string, value: number): void {
  let one = samples.get(name)
  if (!one) {
    if (samples.size >= MAX_NAMES) return
    samples.set(name, (one = { count: 0, kept: [] }))
  }
  one.count++
  if (one.kept.length < KEPT) one.kept.push(value)
  else {
    const place = Math.floor(Math.random() * one.count)
    if (place < KEPT) one.kept[place] = value
  }
}

export interface Summary {
  min: number
  max: number
  mean: number
  variance: number
  percentile(share: number): number
}

/** As go-metrics has it. */
export function summarise({ kept }: Sample): Summary {
  const sorted = kept.toSorted((a, b) => a - b)
  const mean = kept.length ? kept.reduce((sum, value) => sum + value, 0) / kept.length : 0
  const variance = kept.length ? kept.reduce((sum, value) => sum + (value - mean) ** 2, 0) / kept.length : 0
  const percentile = (share: number): number => {
    const place = share * (sorted.length + 1)
    if (!sorted.length || place < 1) return sorted[0] ?? 0
    if (place >= sorted.length) return sorted.at(-1)!
    const low = sorted[Math.floor(place) - 1]!
    return low + (place - Math.floor(place)) * (sorted[Math.floor(place)]! - low)
  }
  return { min: sorted[0] ?? 0, max: sorted.at(-1) ?? 0, mean, variance, percentile }
}

const PERCENTILES = [[0.5, '50'], [0.75, '75'], [0.95, '95'], [0.99, '99'], [0.999, '999']] as const

/** What `/__stats` shows. */
export function describeStats({ counters, samples }: Stats): { [name: string]: number } {
  const shown: [string, number][] = [...counters].map(([name, value]) => [`krakend.${name}`, value])
  for (const [name, one] of samples) {
    const { min, max, mean, variance, percentile } = summarise(one)
    shown.push([`krakend.${name}.count`, one.count], [`krakend.${name}.min`, min], [`krakend.${name}.max`, max], [`krakend.${name}.mean`, mean], [`krakend.${name}.std-dev`, Math.sqrt(variance)])
    for (const [share, label] of PERCENTILES) shown.push([`krakend.${name}.${label}-percentile`, percentile(share)])
  }
  return Object.fromEntries(shown.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
