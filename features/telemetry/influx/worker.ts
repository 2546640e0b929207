/** telemetry/influx: pushes KrakenD's statistics to InfluxDB in its line protocol, with the measurements of krakend-influx. */
import { toBase64 } from '../../../worker/queues/base64.ts'
import { createPush, post, secretOf } from '../../../worker/telemetry/push.ts'
import { type Sample, statsOf, summarise } from '../../../worker/telemetry/stats.ts'
import type { CreateStage } from '../../../worker/types.ts'

export interface Options {
  address: string
  db: string
  periodMs: number
  /** Names of the bindings; null: none is asked for. */
  username: string | null
  password: string | null
}

export const service: CreateStage<'service', Options> = (options, { platform, site }) => {
  const stats = statsOf(platform)
  const host = crypto.randomUUID()
  const sent = new Map<string, number>()
  const push = createPush(options.periodMs, platform, async () => {
    const counters = new Map(stats.counters)
    const samples = new Map(stats.samples)
    const lines = emitLines({ host, build: site.service.build }, counters, sent, samples, Math.floor(platform.now() / 1000))
    if (!lines.length) return
    const headers: Record<string, string> = { 'content-type': 'text/plain; charset=utf-8' }
    if (options.username && options.password) headers.authorization = `Basic ${toBase64(new TextEncoder().encode(`${secretOf(platform, options.username)}:${secretOf(platform, options.password)}`))}`
    await post(platform, `${options.address}/write?db=${encodeURIComponent(options.db)}&precision=s`, headers, `${lines.join('\n')}\n`)
    for (const [name, value] of counters) sent.set(name, value)
    // What KrakenD has sent of latencies it forgets: the next ones speak for the next period.
    for (const [name, sample] of samples) if (stats.samples.get(name) === sample) stats.samples.delete(name)
  })
  return (next) => async (incoming, ctx) => {
    try {
      return await next(incoming, ctx)
    } finally {
      push.soon(ctx)
    }
  }
}

interface Tags {
  readonly [name: string]: string
}

/** Lines of what has changed since it was last sent. */
export function emitLines(own: Tags, counters: ReadonlyMap<string, number>, sent: ReadonlyMap<string, number>, samples: ReadonlyMap<string, Sample>, time: number): string[] {
  const lines: string[] = []
  const add = (measurement: string, tags: Tags, fields: { readonly [name: string]: string }): void => {
    lines.push(`${[escapeTag(measurement), ...Object.entries({ ...own, ...tags }).map(([name, value]) => `${escapeTag(name)}=${escapeTag(value)}`)].join(',')} ${Object.entries(fields).map(([name, value]) => `${name}=${value}`).join(',')} ${time}`)
  }
  for (const [name, total] of counters) {
    const count = total - (sent.get(name) ?? 0)
    if (!count) continue
    const [, layer, proxy, complete, error] = REQUESTS.exec(name) ?? []
    const [, route, status] = RESPONSES.exec(name) ?? []
    if (layer !== undefined) add('requests', { layer, name: proxy!, complete: complete!, error: error! }, { total: `${total}i`, count: `${count}i` })
    else if (route !== undefined) add('responses', { name: route, status: status! }, { total: `${total}i`, count: `${count}i` })
    else if (name === 'router.connected-total') add('router', { direction: 'in' }, { total: `${total}i`, current: `${count}i` })
    else if (name === 'router.disconnected-total') add('router', { direction: 'out' }, { total: `${total}i`, current: `${count}i` })
  }
  for (const [name, sample] of samples) {
    const [, layer, proxy, complete, error] = LATENCY.exec(name) ?? []
    const [, route, what] = ROUTER.exec(name) ?? []
    if (layer !== undefined) add('requests', { layer, name: proxy!, complete: complete!, error: error! }, fieldsOf(sample))
    else if (route !== undefined) add(`router.response-${what}`, { name: route }, fieldsOf(sample))
  }
  return lines
}

const REQUESTS = /^proxy\.requests\.layer\.(\w+)\.name\.(.*)\.complete\.(true|false)\.error\.(true|false)$/
const LATENCY = /^proxy\.latency\.layer\.(\w+)\.name\.(.*)\.complete\.(true|false)\.error\.(true|false)$/
const RESPONSES = /^router\.response\.(.*)\.status\.(\d{3})\.count$/
const ROUTER = /^router\.response\.(.*)\.(size|time)$/

function fieldsOf(sample: Sample): { [name: string]: string } {
  const { min, max, mean, variance, percentile } = summarise(sample)
  const whole = (value: number): string => `${Math.trunc(value)}i`
  const shares = [0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99].map((share) => [`p${share}`, String(percentile(share))])
  return { max: whole(max), min: whole(min), mean: whole(mean), stddev: whole(Math.sqrt(variance)), variance: whole(Math.min(variance, Number.MAX_SAFE_INTEGER)), ...Object.fromEntries(shares) }
}

/** Names and tags: commas, spaces and equal signs are the protocol's own; an empty tag is none. */
const escapeTag = (text: string): string => (text === '' ? '-' : text.replace(/\\/g, '/').replace(/[\r\n]/g, ' ').replace(/[,= ]/g, String.raw`\$&`))
