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

/** Analytics Engine refuses points beyond its limits; that is no concern of the request. */
function writerOf(platform: Platform, binding: string): (route: string, blobs: string[], doubles: number[]) => void {
  const dataset = platform.binding(binding) as Dataset | undefined
  return (route, blobs, doubles) => {
    try {
      dataset?.writeDataPoint({ indexes: [shorten(route || '-')], blobs, doubles })
    } catch (error) {
      platform.log('warning', `cuttle/analytics: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
}

const MAX_INDEX_BYTES = 96

/** Its beginning, of whole characters. */
export function shorten(text: string): string {
  const bytes = new Uint8Array(MAX_INDEX_BYTES)
  return text.slice(0, new TextEncoder().encodeInto(text, bytes).read)
}

/** blobs: kind, route, method, status, build, colo. doubles: 1, milliseconds, bytes or -1. */
export const service: CreateStage<'service', Options> = ({ binding }, { platform, site }) => {
  const write = writerOf(platform, binding)
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
      write(incoming.route, ['request', incoming.route, methodOf(incoming.method), String(status), site.service.build, colo], [1, platform.now() - start, size])
    }
  }
}

/** blobs: kind, endpoint's route, method, status or what went wrong, build, upstream's host, url_pattern. doubles: 1, milliseconds, bytes or -1. */
export const client: CreateStage<'client', ClientOptions> = ({ binding, pattern }, { platform, site }) => {
  const writePoint = writerOf(platform, binding)
  return (next) => async (request, ctx) => {
    const start = platform.now()
    const write = (status: string, size: number): void =>
      writePoint(site.path, ['call', site.path, methodOf(request.method), status, site.service.build, URL.parse(request.url)?.host ?? '', pattern], [1, platform.now() - start, size])
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
