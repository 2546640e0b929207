/** telemetry/opentelemetry: metrics and traces of each layer, pulled by Prometheus or pushed by OTLP. One store an isolate: nodes share nothing. */
import * as instruments from '../../../worker/telemetry/instruments.ts'
import { logsRequest, metricsRequest, tracesRequest } from '../../../worker/telemetry/otlp.ts'
import { emitPrometheus, PROMETHEUS_TYPE } from '../../../worker/telemetry/prometheus.ts'
import { createPush, post, type Push, secretOf } from '../../../worker/telemetry/push.ts'
import { type Attributes, createDeltas, type Instrument, record } from '../../../worker/telemetry/registry.ts'
import { parseTraceparent, type SpanRecord, startSpan, type TraceContext, traceparentOf } from '../../../worker/telemetry/trace.ts'
import { type Telemetry, telemetryOf } from '../../../worker/telemetry/store.ts'
import type { CreateListen, CreateStage, Outcome, Outside, Platform } from '../../../worker/types.ts'

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
  const skip = options.skip.filter((prefix) => prefix !== '')
  const attributesOf = (method: string, route: string, status: number): Attributes => [['http.request.method', method], ...routeOf(route), ['http.response.status_code', status], ...options.metricAttributes]
  const seriesOf = createCache((method: string, route: string, status: number) => {
    const attributes = attributesOf(method, route, status)
    return { duration: telemetry.registry.series(instruments.SERVER_DURATION, attributes), size: telemetry.registry.series(instruments.SERVER_SIZE, attributes) }
  })
  return (next) => async (incoming, ctx) => {
    const { headers, path } = incoming
    for (const prefix of skip) if (path.startsWith(prefix)) return next(incoming, ctx)
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
      const { route } = incoming
      if (options.metrics) {
        const series = seriesOf(method, route, status)
        record(series.duration, (end - start) / 1000)
        if (size !== null) record(series.size, size)
      }
      if (context?.sampled) telemetry.spans.add(spanOf(context, parent, `${method} ${route}`.trim(), 'server', start, end, [...attributesOf(method, route, status), ...options.traceAttributes], status >= 500 ? `${status}` : null))
      for (const push of pushes) push.soon(ctx)
    }
  }
}

export const proxy: CreateStage<'proxy', Options> = (options, { platform, site }) => {
  const telemetry = telemetryOf(platform)
  const place: Attributes = [['http.request.method', site.method], ['http.route', site.path]]
  const measure = createMeasure(telemetry, instruments.PROXY_DURATION, site.path, 'proxy', place, options)
  return (next) => async (request, ctx) => {
    const start = platform.now()
    const context = childOf(ctx)
    const outcome = await next(request, context ? { ...ctx, trace: context } : ctx)
    measure(outcome, start, platform.now(), context, ctx)
    return outcome
  }
}

export interface BackendOptions extends Options {
  /** url_pattern, with its placeholders. */
  pattern: string
}

export const backend: CreateStage<'backend', BackendOptions> = (options, { platform, site }) => {
  const telemetry = telemetryOf(platform)
  const place = placeOf(options, site)
  const measure = createMeasure(telemetry, instruments.BACKEND_DURATION, options.pattern, 'backend', place, options)
  const attributes: Attributes = [...place, ...options.metricAttributes]
  return (next) => async (request, ctx) => {
    const start = platform.now()
    const context = childOf(ctx)
    const outcome = await next(request, context ? { ...ctx, trace: context } : ctx)
    measure(outcome, start, platform.now(), context, ctx)
    // Calls whose time is up are left behind where the platform can't end them: they are counted here, not where they were made.
    if (options.metrics && outcome.errors[0]?.kind === 'timeout') {
      record(telemetry.registry.series(instruments.CLIENT_FAILED, attributes), 1)
      record(telemetry.registry.series(instruments.CLIENT_TIMED_OUT, attributes), 1)
    }
    return outcome
  }
}

/** Counts an outcome, and tells the trace of it. */
function createMeasure({ registry, spans }: Telemetry, instrument: Instrument, name: string, stage: string, place: Attributes, options: Options): (outcome: Outcome, start: number, end: number, context: TraceContext | null, ctx: Outside) => void {
  const seriesOf = createCache((error: boolean, complete: boolean) => registry.series(instrument, [...place, ['error', error], ['complete', complete], ...options.metricAttributes]))
  return ({ answer, errors }, start, end, context, ctx) => {
    const complete = answer?.complete === true
    if (options.metrics) record(seriesOf(errors.length > 0, complete), (end - start) / 1000)
    if (options.traces && context?.sampled) spans.add(spanOf(context, ctx.trace, name, 'internal', start, end, [['krakend.stage', stage], ...place, ['complete', complete], ...options.traceAttributes], errors[0]?.message ?? null))
  }
}

export const client: CreateStage<'client', BackendOptions> = (options, { platform, site }) => {
  const { registry, spans } = telemetryOf(platform)
  const place = placeOf(options, site)
  const attributesOf = (method: string, host: string, status: number): Attributes => [['http.request.method', method], ...place, ['server.address', host], ['http.response.status_code', status], ...options.metricAttributes]
  const seriesOf = createCache((method: string, host: string, status: number) => {
    const attributes = attributesOf(method, host, status)
    return { duration: registry.series(instruments.CLIENT_DURATION, attributes), size: registry.series(instruments.CLIENT_SIZE, attributes) }
  })
  const started = registry.series(instruments.CLIENT_STARTED, [...place, ...options.metricAttributes])
  const failed = registry.series(instruments.CLIENT_FAILED, [...place, ...options.metricAttributes])
  return (next) => async (request, ctx) => {
    const start = platform.now()
    const context = childOf(ctx)
    if (context) {
      request.headers.set('traceparent', traceparentOf(context))
      if (context.state) request.headers.set('tracestate', context.state)
    }
    const finish = (status: number, size: number | null, problem: string | null): void => {
      const end = platform.now()
      const host = hostnameOf(request.url)
      if (options.metrics) {
        const series = seriesOf(request.method, host, status)
        record(series.duration, (end - start) / 1000)
        if (size !== null) record(series.size, size)
      }
      if (options.traces && context?.sampled) spans.add(spanOf(context, ctx.trace, `${request.method} ${options.pattern}`, 'client', start, end, [...attributesOf(request.method, host, status), ...options.traceAttributes], problem))
    }
    if (options.metrics) record(started, 1)
    try {
      const response = await next(request, ctx)
      finish(response.status, instruments.lengthOf(response), null)
      return response
    } catch (error) {
      const late = ctx.deadline.over()
      if (options.metrics && !late) record(failed, 1)
      finish(0, null, late ? 'timeout' : 'failed')
      throw error
    }
  }
}

/** `http://user:80/x` → `user`: cheaper than a URL. */
function hostnameOf(url: string): string {
  return /^[a-z]+:\/\/(\[[^\]]*\]|[^/:?#]*)/i.exec(url)?.[1] ?? ''
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

/** Keeps what `make` gave for each list of values, so that attributes are written out once. Bounded: what is beyond is made anew. */
function createCache<A extends readonly (string | number | boolean)[], T>(make: (...values: A) => T): (...values: A) => T {
  const known = new Map<string, T>()
  return (...values) => {
    const key = values.join(' ')
    let found = known.get(key)
    if (found === undefined) {
      found = make(...values)
      if (known.size < MAX_KNOWN) known.set(key, found)
    }
    return found
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
