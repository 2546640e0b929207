/** An OTLP exporter: what was counted, traced and logged since it last sent goes to its collector, now and then. */
import type { LogLevel, Platform } from '../types.ts'
import { logsRequest, metricsRequest, tracesRequest } from './otlp.ts'
import { createPush, post, type Push, secretOf } from './push.ts'
import { type Attributes, createDeltas } from './registry.ts'
import type { Telemetry } from './store.ts'

export interface Exporter {
  /** `http://collector:4318` */
  url: string
  metrics: boolean
  traces: boolean
  /** From which level on; null: none. */
  logs: LogLevel | null
  periodMs: number
  /** Names of headers, and of the bindings that hold their values. */
  headers: readonly (readonly [name: string, binding: string])[]
}

export function createExporter(exporter: Exporter, resource: Attributes, telemetry: Telemetry, platform: Platform): Push {
  const deltas = createDeltas(telemetry.registry, platform.now)
  const headers = (): Record<string, string> => ({ 'content-type': 'application/json', ...Object.fromEntries(exporter.headers.map(([name, binding]) => [name, secretOf(platform, binding)])) })
  const send = (path: string, request: object): Promise<void> => post(platform, `${exporter.url}${path}`, headers(), JSON.stringify(request))
  const sendMetrics = async (): Promise<void> => {
    const { since, points, keep } = deltas.take()
    if (!points.length) return
    await send('/v1/metrics', metricsRequest(resource, points, since, platform.now()))
    keep()
  }
  const spans = exporter.traces ? telemetry.spans.reader() : null
  const logs = exporter.logs ? telemetry.logs.reader() : null
  return createPush(exporter.periodMs, platform, async () => {
    const works: Promise<void>[] = []
    if (exporter.metrics) works.push(sendMetrics())
    if (spans) works.push(spans((items) => send('/v1/traces', tracesRequest(resource, items))))
    if (logs) works.push(logs((items) => send('/v1/logs', logsRequest(resource, items))))
    const failed = (await Promise.allSettled(works)).find((result) => result.status === 'rejected')
    if (failed) throw failed.reason
  })
}
