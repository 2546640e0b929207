/** telemetry/metrics: KrakenD's own statistics, shown at /__stats of a port of their own and pushed by telemetry/influx. */
import { lengthOf } from '../../../worker/telemetry/instruments.ts'
import { add, describeStats, sample, type Stats, statsOf } from '../../../worker/telemetry/stats.ts'
import type { CreateListen, CreateStage, Outcome } from '../../../worker/types.ts'

export interface BackendOptions {
  /** url_pattern, with its placeholders and without its query. */
  name: string
}

const NS_PER_MS = 1e6

export const endpoint: CreateStage<'endpoint', Record<string, never>> = (_options, { platform, site: { path: name } }) => {
  const stats = statsOf(platform)
  return (next) => async (incoming, ctx) => {
    const start = platform.now()
    add(stats, 'router.connected')
    add(stats, 'router.connected-total')
    const response = await next(incoming, ctx)
    add(stats, `router.response.${name}.status.${response.status}.count`)
    const length = lengthOf(response)
    if (length !== null) sample(stats, `router.response.${name}.size`, length)
    sample(stats, `router.response.${name}.time`, (platform.now() - start) * NS_PER_MS)
    add(stats, 'router.disconnected')
    add(stats, 'router.disconnected-total')
    return response
  }
}

function measure(stats: Stats, layer: string, name: string, ms: number, { answer, errors }: Outcome): void {
  const labels = `layer.${layer}.name.${name}.complete.${answer?.complete === true}.error.${errors.length > 0}`
  add(stats, `proxy.requests.${labels}`)
  sample(stats, `proxy.latency.${labels}`, ms * NS_PER_MS)
}

export const proxy: CreateStage<'proxy', Record<string, never>> = (_options, { platform, site: { path: name } }) => {
  const stats = statsOf(platform)
  return (next) => async (request, ctx) => {
    const start = platform.now()
    const outcome = await next(request, ctx)
    measure(stats, 'pipe', name, platform.now() - start, outcome)
    return outcome
  }
}

export const backend: CreateStage<'backend', BackendOptions> = ({ name }, { platform }) => {
  const stats = statsOf(platform)
  return (next) => async (request, ctx) => {
    const start = platform.now()
    const outcome = await next(request, ctx)
    measure(stats, 'backend', name, platform.now() - start, outcome)
    return outcome
  }
}

export const listen: CreateListen<Record<string, never>> = (_options, { platform, site }) => {
  const stats = statsOf(platform)
  return (request) => {
    if (new URL(request.url).pathname !== '/__stats') return new Response('404 page not found', { status: 404 })
    return Response.json({ build: site.service.build, ...describeStats(stats) }, { headers: { 'content-type': 'application/json; charset=utf-8' } })
  }
}
