/** What an isolate has counted: histograms and counters by attributes, as OpenTelemetry has them. Bounded: attributes are chosen by the configuration, never by clients. */

export interface Instrument {
  name: string
  unit: string
  description: string
  /** Upper bounds of a histogram's buckets, inclusive; null: a counter. */
  bounds: readonly number[] | null
}
export type Attribute = readonly [key: string, value: string | number | boolean]
export type Attributes = readonly Attribute[]

/** Of two attributes with one key the last counts, as in OpenTelemetry's sets: the configuration's own stand behind those that are measured. */
export const unique = (attributes: Attributes): Attributes => [...new Map(attributes)]

/** One instrument with one set of attributes. */
export interface Series {
  instrument: Instrument
  attributes: Attributes
  /** Measurements of a histogram; a counter's amount stands in `sum`. */
  count: number
  sum: number
  /** One more than bounds; empty for a counter. */
  buckets: number[]
}

export interface Registry {
  /** When counting began, milliseconds since 1970. */
  startedAt: number
  /** The series, made at its first use. Beyond the bound all share one, marked as the OpenTelemetry specification says. */
  series(instrument: Instrument, attributes: Attributes): Series
  all(): readonly Series[]
}

const MAX_SERIES = 2000
const OVERFLOW: Attributes = [['otel.metric.overflow', true]]

export function createRegistry(startedAt: number): Registry {
  const known = new Map<string, Series>()
  const find = (instrument: Instrument, attributes: Attributes): Series => {
    const key = instrument.name + JSON.stringify(attributes)
    let series = known.get(key)
    if (!series) known.set(key, (series = { instrument, attributes, count: 0, sum: 0, buckets: instrument.bounds ? Array.from({ length: instrument.bounds.length + 1 }, () => 0) : [] }))
    return series
  }
  return {
    startedAt,
    series(instrument, attributes) {
      const own = unique(attributes)
      if (known.size >= MAX_SERIES && !known.has(instrument.name + JSON.stringify(own))) return find(instrument, OVERFLOW)
      return find(instrument, own)
    },
    all: () => [...known.values()],
  }
}

/** Adds a measurement. */
export function record(series: Series, value: number): void {
  series.count++
  series.sum += value
  const { bounds } = series.instrument
  if (!bounds) return
  let bucket = 0
  while (bucket < bounds.length && value > bounds[bucket]!) bucket++
  series.buckets[bucket]!++
}

/** What has been added since this was last asked for, for sinks that take deltas. `keep` says that it has arrived. */
export interface Deltas {
  /** Series in which something was added. */
  take(): { since: number; points: readonly Series[]; keep(): void }
}

export function createDeltas(registry: Registry, now: () => number): Deltas {
  const sent = new Map<Series, { count: number; sum: number; buckets: readonly number[] }>()
  let since = registry.startedAt
  return {
    take() {
      const until = now()
      const taken = registry.all().map((series) => [series, { count: series.count, sum: series.sum, buckets: [...series.buckets] }] as const)
      const points = taken.flatMap(([series, { count, sum, buckets }]) => {
        const before = sent.get(series)
        if (count === (before?.count ?? 0)) return []
        return [{ ...series, count: count - (before?.count ?? 0), sum: sum - (before?.sum ?? 0), buckets: buckets.map((value, i) => value - (before?.buckets[i] ?? 0)) }]
      })
      const keep = (): void => {
        for (const [series, state] of taken) sent.set(series, state)
        since = until
      }
      return { since, points, keep }
    },
  }
}
