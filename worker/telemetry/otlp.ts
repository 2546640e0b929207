/** OTLP over HTTP as JSON: https://opentelemetry.io/docs/specs/otlp/. Times are nanoseconds since 1970, as text; enums are numbers. */
import { type Attributes, type Series, unique } from './registry.ts'
import type { SpanRecord } from './trace.ts'

export interface LogRecord {
  timeMs: number
  level: 'error' | 'warning' | 'info'
  message: string
}

const SCOPE = { name: 'cuttle' }
const DELTA = 1
const KINDS = { internal: 1, server: 2, client: 3 } as const
const SEVERITIES = { info: 9, warning: 13, error: 17 } as const

const nanoseconds = (ms: number): string => `${Math.trunc(ms)}${String(Math.round((ms % 1) * 1e6)).padStart(6, '0')}`

const attributesOf = (attributes: Attributes): object[] => unique(attributes).map(([key, value]) => ({ key, value: valueOf(value) }))

function valueOf(value: string | number | boolean): object {
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'string') return { stringValue: value }
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value }
}

/** For /v1/metrics: what was added between two times. */
export function metricsRequest(resource: Attributes, points: readonly Series[], sinceMs: number, untilMs: number): object {
  const times = { startTimeUnixNano: nanoseconds(sinceMs), timeUnixNano: nanoseconds(untilMs) }
  const byInstrument = Map.groupBy(points, ({ instrument }) => instrument.name)
  const metrics = [...byInstrument.values()].map((series) => {
    const { name, unit, description, bounds } = series[0]!.instrument
    if (!bounds) return { name, unit, description, sum: { aggregationTemporality: DELTA, isMonotonic: true, dataPoints: series.map(({ attributes, sum }) => ({ ...times, attributes: attributesOf(attributes), asInt: String(Math.round(sum)) })) } }
    const dataPoints = series.map(({ attributes, count, sum, buckets }) => ({ ...times, attributes: attributesOf(attributes), count: String(count), sum, bucketCounts: buckets.map(String), explicitBounds: bounds }))
    return { name, unit, description, histogram: { aggregationTemporality: DELTA, dataPoints } }
  })
  return { resourceMetrics: [{ resource: { attributes: attributesOf(resource) }, scopeMetrics: [{ scope: SCOPE, metrics }] }] }
}

/** For /v1/traces. */
export function tracesRequest(resource: Attributes, spans: readonly SpanRecord[]): object {
  const written = spans.map(({ context, parentId, name, kind, startMs, endMs, attributes, error }) => ({
    traceId: context.traceId,
    spanId: context.spanId,
    ...(context.state && { traceState: context.state }),
    ...(parentId && { parentSpanId: parentId }),
    name,
    kind: KINDS[kind],
    startTimeUnixNano: nanoseconds(startMs),
    endTimeUnixNano: nanoseconds(endMs),
    attributes: attributesOf(attributes),
    status: error === null ? {} : { code: 2, message: error },
  }))
  return { resourceSpans: [{ resource: { attributes: attributesOf(resource) }, scopeSpans: [{ scope: SCOPE, spans: written }] }] }
}

/** For /v1/logs. */
export function logsRequest(resource: Attributes, logs: readonly LogRecord[]): object {
  const logRecords = logs.map(({ timeMs, level, message }) => ({ timeUnixNano: nanoseconds(timeMs), observedTimeUnixNano: nanoseconds(timeMs), severityNumber: SEVERITIES[level], severityText: level.toUpperCase(), body: { stringValue: message } }))
  return { resourceLogs: [{ resource: { attributes: attributesOf(resource) }, scopeLogs: [{ scope: SCOPE, logRecords }] }] }
}
