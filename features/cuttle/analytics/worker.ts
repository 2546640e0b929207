/**
 * cuttle/analytics: Workers Analytics Engine. One data point a request and one a call to an upstream, written beside the answer.
 * blobs and doubles have their places for good: docs/metrics.md has queries for them.
 */
import { lengthOf, methodOf } from '../../../worker/telemetry/instruments.ts'
import type { CreateStage, Platform } from '../../../worker/types.ts'

export interface Options {
  /** The binding's name. */
  binding: string
}
export interface ClientOptions extends Options {
  /** url_pattern, with its placeholders. */
  pattern: string
}

export interface DataPoint {
  indexes: [string]
  blobs: string[]
  doubles: number[]
}
interface Dataset {
  writeDataPoint(point: DataPoint): void
}

const datasetOf = (platform: Platform, binding: string): Dataset | undefined => platform.binding(binding) as Dataset | undefined

/** blobs: kind, route, method, status, build, colo. doubles: 1, milliseconds, bytes or -1. */
export const service: CreateStage<'service', Options> = ({ binding }, { platform, site }) => {
  const dataset = datasetOf(platform, binding)
  return (next) => async (incoming, ctx) => {
    const start = platform.now()
    let status = 500
    let size = -1
    try {
      const response = await next(incoming, ctx)
      status = response.status
      size = lengthOf(response) ?? -1
      return response
    } finally {
      const { colo = '' } = (incoming.raw as { cf?: { colo?: string } }).cf ?? {}
      dataset?.writeDataPoint({ indexes: [incoming.route || '-'], blobs: ['request', incoming.route, methodOf(incoming.method), String(status), site.service.build, colo], doubles: [1, platform.now() - start, size] })
    }
  }
}

/** blobs: kind, endpoint's route, method, status or what went wrong, build, upstream's host, url_pattern. doubles: 1, milliseconds, bytes or -1. */
export const client: CreateStage<'client', ClientOptions> = ({ binding, pattern }, { platform, site }) => {
  const dataset = datasetOf(platform, binding)
  return (next) => async (request, ctx) => {
    const start = platform.now()
    const write = (status: string, size: number): void =>
      dataset?.writeDataPoint({ indexes: [site.path], blobs: ['call', site.path, methodOf(request.method), status, site.service.build, new URL(request.url).host, pattern], doubles: [1, platform.now() - start, size] })
    const work = next(request, ctx)
    try {
      const response = await ctx.deadline.race(work, null)
      if (response) write(String(response.status), lengthOf(response) ?? -1)
      else write('timeout', -1)
    } catch {
      write(ctx.deadline.over() ? 'timeout' : 'failed', -1)
    }
    return work
  }
}
