/** Prometheus' text of several processes: read, and added up. */

export interface Sample {
  name: string
  /** As written, with its braces; empty for none. */
  labels: string
  value: number
}

const SAMPLE = /^([A-Za-z_:][\w:]*)(\{.*\})? (\S+)$/

export function parseSamples(text: string): Sample[] {
  return text.split('\n').flatMap((line): Sample[] => {
    const [, name, labels = '', value] = SAMPLE.exec(line) ?? []
    return name === undefined ? [] : [{ name, labels, value: Number(value) }]
  })
}

/** What one node of several processes tells: sums, since all are counters and histograms. */
export function addUp(texts: readonly string[]): string {
  const sums = new Map<string, number>()
  const heads = new Map<string, string[]>()
  const families = new Map<string, string[]>()
  for (const text of texts) {
    let family = ''
    for (const line of text.split('\n')) {
      const [, head] = /^# (?:HELP|TYPE) (\S+)/.exec(line) ?? []
      if (head !== undefined) {
        family = head
        if (!heads.get(head)?.includes(line)) heads.set(head, [...(heads.get(head) ?? []), line])
        continue
      }
      const [sample] = parseSamples(line)
      if (!sample) continue
      const key = sample.name + sample.labels
      if (!sums.has(key)) families.set(family, [...(families.get(family) ?? []), key])
      sums.set(key, family === 'target_info' ? 1 : (sums.get(key) ?? 0) + sample.value)
    }
  }
  const lines = [...families].flatMap(([family, keys]) => [...(heads.get(family) ?? []), ...keys.map((key) => `${key} ${sums.get(key)}`)])
  return `${lines.join('\n')}\n`
}

const LE = /[{,]le="([^"]+)"/

/** A share of a histogram's measurements lies below this, as Prometheus' histogram_quantile has it. null: there are none. */
export function quantile(samples: readonly Sample[], name: string, share: number): number | null {
  const below = new Map<number, number>()
  for (const sample of samples) {
    const bound = sample.name === `${name}_bucket` ? LE.exec(sample.labels)?.[1] : undefined
    if (bound === undefined) continue
    const at = bound === '+Inf' ? Number.POSITIVE_INFINITY : Number(bound)
    below.set(at, (below.get(at) ?? 0) + sample.value)
  }
  const buckets = [...below].toSorted(([a], [b]) => a - b)
  const total = buckets.at(-1)?.[1] ?? 0
  if (!total) return null
  const rank = share * total
  let [low, before] = [0, 0]
  for (const [bound, count] of buckets) {
    if (count >= rank) return bound === Number.POSITIVE_INFINITY ? low : low + (bound - low) * ((rank - before) / Math.max(count - before, 1e-9))
    low = bound
    before = count
  }
  return low
}
