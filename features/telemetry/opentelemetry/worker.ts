/** telemetry/opentelemetry: metrics and traces of each layer, pulled by Prometheus or pushed by OTLP. One store an isolate: nodes share nothing. */
import * as instruments from '../../../worker/telemetry/instruments.ts'
import { logsRequest, metricsRequest, tracesRequest } from '../../../worker/telemetry/otlp.ts'
import { emitPrometheus, PROMETHEUS_TYPE } from '../../../worker/telemetry/prometheus.ts'
import { createPush, post, type Push, secretOf } from '../../../worker/telemetry/push.ts'
import { type Attributes, createDeltas, type Instrument, record, type Registry, type Series } from '../../../worker/telemetry/registry.ts'
import { parseTraceparent, type SpanRecord, startSpan, type TraceContext, traceparentOf } from '../../../worker/telemetry/trace.ts'
import { type Telemetry, telemetryOf } from '../../../worker/telemetry/store.ts'
import type { CreateListen, CreateStage, Outside, Platform } from '../../../worker/types.ts'

export interface Options {
  metrics: boolean
  traces: boolean
  /** Attributes that the configuration adds. */
  metricAttributes: Attributes
  traceAttributes: Attributes
}
export interface ServiceOptions extends Options {
  /** What describes the node: service.name and the like. */
  resource: Attributes
  /** Beginnings of paths that nothing is told of. */
  skip: readonly string[]
  sampleRate: number
  /** The trace that a client says it is part of counts. */
  propagation: boolean
  exporters: readonly Exporter[]
}
export interface Exporter {
  /** `http://collector:4318` */
  url: string
  metrics: boolean
  traces: boolean
  logs: boolean
  periodMs: number
  /** Names of headers, and of the bindings that hold their values. */
  headers: readonly (readonly [name: string, binding: string])[]
}

/** Around everything: what clients see. */
export const service: CreateStage<'service', ServiceOptions> = (options, { platform, site }) => {
  const telemetry = telemetryOf(platform)
  const pushes = options.exporters.map((exporter) => createExporter(exporter, [...options.resource, ['service.instance.id', telemetry.instance], ['cuttle.build', site.service.build]], telemetry, platform))
  if (options.exporters.some(({ logs }) => logs)) telemetry.keepLogs()
  const count = createCounter(telemetry.registry)
  const skipped = (path: string): boolean => options.skip.some((prefix) => prefix !== '' && path.startsWith(prefix))
  return (next) => async (incoming, ctx) => {
    if (skipped(incoming.path)) return next(incoming, ctx)
    const { headers } = incoming
    const start = platform.now()
    const parent = options.traces && options.propagation ? parseTraceparent(headers.get('traceparent'), headers.get('tracestate')) : null
    const context = options.traces ? startSpan(parent, options.sampleRate) : null
    ctx.trace = context
    let status = 500
    let size: number | null = null
    try {
      const response = await next(incoming, ctx)
      status = response.status
      size = instruments.lengthOf(response)
      return response
    } finally {
      const end = platform.now()
      const method = instruments.methodOf(incoming.method)
      const attributes = (): Attributes => [['http.request.method', method], ...routeOf(incoming.route), ['http.response.status_code', status], ...options.metricAttributes]
      if (options.metrics) {
        const key = `${method} ${incoming.route} ${status}`
        record(count(instruments.SERVER_DURATION, key, attributes), (end - start) / 1000)
        if (size !== null) record(count(instruments.SERVER_SIZE, key, attributes), size)
      }
      if (context?.sampled) telemetry.spans.add(spanOf(context, parent, `${method} ${incoming.route}`.trim(), 'server', start, end, [...attributes(), ...options.traceAttributes], status >= 500 ? `${status}` : null))
      for (const push of pushes) push.soon(ctx)
    }
  }
}

export const proxy: CreateStage<'proxy', Options> = (options, { platform, site }) => {
  const { registry, spans } = telemetryOf(platform)
  const count = createCounter(registry)
  const place: Attributes = [['http.request.method', site.method], ['http.route', site.path]]
  return (next) => async (request, ctx) => {
    const start = platform.now()
    const context = childOf(ctx)
    const outcome = await next(request, context ? { ...ctx, trace: context } : ctx)
    const end = platform.now()
    const error = outcome.errors.length > 0
    const complete = outcome.answer?.complete === true
    if (options.metrics) record(count(instruments.PROXY_DURATION, `${error} ${complete}`, () => [...place, ['error', error], ['complete', complete], ...options.metricAttributes]), (end - start) / 1000)
    if (options.traces && context?.sampled) spans.add(spanOf(context, ctx.trace, site.path, 'internal', start, end, [['krakend.stage', 'proxy'], ['complete', complete], ...options.traceAttributes], outcome.errors[0]?.message ?? null))
    return outcome
  }
}

export interface BackendOptions extends Options {
  /** url_pattern, with its placeholders. */
  pattern: string
}

export const backend: CreateStage<'backend', BackendOptions> = (options, { platform, site }) => {
  const { registry, spans } = telemetryOf(platform)
  const count = createCounter(registry)
  const place = placeOf(options, site)
  return (next) => async (request, ctx) => {
    const start = platform.now()
    const context = childOf(ctx)
    const outcome = await next(request, context ? { ...ctx, trace: context } : ctx)
    const end = platform.now()
    const error = outcome.errors.length > 0
    const complete = outcome.answer?.complete === true
    if (options.metrics) record(count(instruments.BACKEND_DURATION, `${error} ${complete}`, () => [...place, ['error', error], ['complete', complete], ...options.metricAttributes]), (end - start) / 1000)
    if (options.traces && context?.sampled) spans.add(spanOf(context, ctx.trace, options.pattern, 'internal', start, end, [['krakend.stage', 'backend'], ...place, ...options.traceAttributes], outcome.errors[0]?.message ?? null))
    return outcome
  }
}

export const client: CreateStage<'client', BackendOptions> = (options, { platform, site }) => {
  const { registry, spans } = telemetryOf(platform)
  const count = createCounter(registry)
  const place = placeOf(options, site)
  return (next) => async (request, ctx) => {
    const start = platform.now()
    const context = childOf(ctx)
    if (context) {
      request.headers.set('traceparent', traceparentOf(context))
      if (context.state) request.headers.set('tracestate', context.state)
    }
    const { hostname } = new URL(request.url)
    const finish = (status: number, size: number | null, problem: 'failed' | 'late' | null): void => {
      const end = platform.now()
      const attributes = (): Attributes => [['http.request.method', request.method], ...place, ['server.address', hostname], ['http.response.status_code', status], ...options.metricAttributes]
      const key = `${request.method} ${hostname} ${status}`
      if (options.metrics) {
        const add = (instrument: Instrument, value: number): void => record(count(instrument, key, attributes), value)
        add(instruments.CLIENT_STARTED, 1)
        add(instruments.CLIENT_DURATION, (end - start) / 1000)
        if (problem) add(instruments.CLIENT_FAILED, 1)
        if (problem === 'late') add(instruments.CLIENT_TIMED_OUT, 1)
        if (size !== null) add(instruments.CLIENT_SIZE, size)
      }
      if (options.traces && context?.sampled) spans.add(spanOf(context, ctx.trace, `${request.method} ${options.pattern}`, 'client', start, end, [...attributes(), ...options.traceAttributes], problem))
    }
    const work = next(request, ctx)
    try {
      // A call that is left behind never settles: its time is up when the endpoint's is.
      const response = await ctx.deadline.race(work, null)
      if (response) finish(response.status, instruments.lengthOf(response), null)
      else finish(0, null, 'late')
    } catch {
      finish(0, null, ctx.deadline.over() ? 'late' : 'failed')
    }
    return work
  }
}

/** What Prometheus asks for. */
export const listen: CreateListen<{ resource: Attributes }> = ({ resource }, { platform, site }) => {
  const { registry } = telemetryOf(platform)
  const build: Attributes = [['cuttle.build', site.service.build]]
  return (request) => {
    if (new URL(request.url).pathname !== '/metrics') return new Response('404 page not found\n', { status: 404 })
    return new Response(emitPrometheus(registry, resource, build), { headers: { 'content-type': PROMETHEUS_TYPE } })
  }
}

const routeOf = (route: string): Attributes => (route ? [['http.route', route]] : [])

const placeOf = ({ pattern }: BackendOptions, site: { method: string; path: string }): Attributes => [['http.route', pattern], ['krakend.endpoint.route', site.path], ['krakend.endpoint.method', site.method]]

const childOf = ({ trace }: Outside): TraceContext | null => trace && startSpan(trace, 1)

function spanOf(context: TraceContext, parent: TraceContext | null, name: string, kind: SpanRecord['kind'], startMs: number, endMs: number, attributes: Attributes, error: string | null): SpanRecord {
  return { context, parentId: parent?.spanId ?? null, name, kind, startMs, endMs, attributes, error }
}

const MAX_KNOWN = 1000

/** Finds a series by a short key, so that attributes are written out only once. */
function createCounter(registry: Registry): (instrument: Instrument, key: string, attributes: () => Attributes) => Series {
  const known = new Map<Instrument, Map<string, Series>>()
  return (instrument, key, attributes) => {
    let byKey = known.get(instrument)
    if (!byKey) known.set(instrument, (byKey = new Map()))
    const series = byKey.get(key) ?? registry.series(instrument, attributes())
    if (byKey.size < MAX_KNOWN) byKey.set(key, series)
    return series
  }
}

function createExporter(exporter: Exporter, resource: Attributes, telemetry: Telemetry, platform: Platform): Push {
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
