/** telemetry/opentelemetry: metrics and traces of each layer, pulled by Prometheus or pushed by OTLP. One store an isolate: nodes share nothing. */
import { told } from '../../../worker/errors.ts'
import { createExporter, type Exporter } from '../../../worker/telemetry/exporter.ts'
import * as instruments from '../../../worker/telemetry/instruments.ts'
import { emitPrometheus, PROMETHEUS_TYPE } from '../../../worker/telemetry/prometheus.ts'
import { type Attributes, type Instrument, record } from '../../../worker/telemetry/registry.ts'
import { childOf, parseTraceparent, type SpanRecord, startSpan, type TraceContext, traceparentOf } from '../../../worker/telemetry/trace.ts'
import { type Telemetry, telemetryOf } from '../../../worker/telemetry/store.ts'
import type { CreateListen, CreateStage, Outcome, Outside } from '../../../worker/types.ts'

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
/** Around everything: what clients see. */
export const service: CreateStage<'service', ServiceOptions> = (options, { platform, site }) => {
  const telemetry = telemetryOf(platform)
  const pushes = options.exporters.map((exporter) => createExporter(exporter, [...options.resource, ['service.instance.id', telemetry.instance], ['cuttle.build', site.service.build]], telemetry, platform))
  for (const { logs } of options.exporters) if (logs) telemetry.keepLogs(logs)
  const skip = options.skip.filter((prefix) => prefix !== '')
  const attributesOf = (method: string, scheme: string, route: string, status: number): Attributes => [['http.request.method', method], ['url.scheme', scheme], ...routeOf(route), ['http.response.status_code', status], ...errorOf(status, 500), ...options.metricAttributes]
  const seriesOf = createCache((method: string, scheme: string, route: string, status: number) => {
    const attributes = attributesOf(method, scheme, route, status)
    return { duration: telemetry.registry.series(instruments.SERVER_DURATION, attributes), size: telemetry.registry.series(instruments.SERVER_SIZE, attributes) }
  })
  return (next) => (incoming, ctx) => {
    const { headers, path, raw } = incoming
    for (const prefix of skip) if (path.startsWith(prefix)) return next(incoming, ctx)
    const start = platform.now()
    const parent = options.traces && options.propagation ? parseTraceparent(headers.get('traceparent'), headers.get('tracestate')) : null
    const context = options.traces ? startSpan(parent, options.sampleRate) : null
    ctx.trace = context
    const finish = (status: number, size: number | null): void => {
      const end = platform.now()
      const method = instruments.methodOf(incoming.method)
      const { route } = incoming
      const scheme = raw.url.startsWith('https:') ? 'https' : 'http'
      if (options.metrics) {
        const series = seriesOf(method, scheme, route, status)
        record(series.duration, (end - start) / 1000)
        if (size !== null) record(series.size, size)
      }
      if (context?.sampled) telemetry.spans.add(spanOf(context, parent, `${method} ${route}`.trim(), 'server', start, end, [...attributesOf(method, scheme, route, status), ...options.traceAttributes], status >= 500 ? `${status}` : null))
      for (const push of pushes) push.soon(ctx)
    }
    return next(incoming, ctx).then(
      (response) => {
        finish(response.status, instruments.lengthOf(response))
        return response
      },
      (error: unknown) => {
        finish(500, null)
        throw error
      },
    )
  }
}

export const proxy: CreateStage<'proxy', Options> = (options, { platform, site }) => {
  const telemetry = telemetryOf(platform)
  const place: Attributes = [['http.request.method', site.method], ['http.route', site.path]]
  const measure = createMeasure(telemetry, instruments.PROXY_DURATION, site.path, 'proxy', place, options)
  return (next) => (request, ctx) => {
    const start = platform.now()
    const context = childOf(ctx.trace)
    return next(request, context === ctx.trace ? ctx : { ...ctx, trace: context }).then((outcome) => {
      measure(outcome, start, platform.now(), context, ctx)
      return outcome
    })
  }
}

export interface BackendOptions extends Options {
  /** url_pattern, with its placeholders and without its query. */
  pattern: string
}

export const backend: CreateStage<'backend', BackendOptions> = (options, { platform, site }) => {
  const telemetry = telemetryOf(platform)
  const place = placeOf(options, site)
  const measure = createMeasure(telemetry, instruments.BACKEND_DURATION, options.pattern, 'backend', place, options)
  const attributes: Attributes = [...place, ...options.metricAttributes]
  return (next) => (request, ctx) => {
    const start = platform.now()
    const context = childOf(ctx.trace)
    return next(request, context === ctx.trace ? ctx : { ...ctx, trace: context }).then((outcome) => {
      measure(outcome, start, platform.now(), context, ctx)
      // Calls whose time is up are left behind where the platform can't end them: they are counted here, not where they were made.
      if (options.metrics && outcome.errors[0]?.kind === 'timeout') {
        record(telemetry.registry.series(instruments.CLIENT_FAILED, attributes), 1)
        record(telemetry.registry.series(instruments.CLIENT_TIMED_OUT, attributes), 1)
      }
      return outcome
    })
  }
}

/** Counts an outcome, and tells the trace of it. */
function createMeasure({ registry, spans }: Telemetry, instrument: Instrument, name: string, stage: string, place: Attributes, options: Options): (outcome: Outcome, start: number, end: number, context: TraceContext | null, ctx: Outside) => void {
  const seriesOf = createCache((error: boolean, complete: boolean) => registry.series(instrument, [...place, ['error', error], ['complete', complete], ...options.metricAttributes]))
  return ({ answer, errors }, start, end, context, ctx) => {
    const complete = answer?.complete === true
    if (options.metrics) record(seriesOf(errors.length > 0, complete), (end - start) / 1000)
    if (options.traces && context?.sampled) spans.add(spanOf(context, ctx.trace, name, 'internal', start, end, [['krakend.stage', stage], ...place, ['complete', complete], ...options.traceAttributes], errors[0] ? told(errors[0]) : null))
  }
}

export const client: CreateStage<'client', BackendOptions> = (options, { platform, site }) => {
  const { registry, spans } = telemetryOf(platform)
  const place = placeOf(options, site)
  const attributesOf = (method: string, { address, port }: Server, status: number, problem: string | null): Attributes => [
    ['http.request.method', method], ...place, ['server.address', address], ['server.port', port], ['http.response.status_code', status], ...errorOf(problem ?? status, 400), ...options.metricAttributes,
  ]
  const seriesOf = createCache((method: string, origin: string, status: number, problem: string) => {
    const attributes = attributesOf(method, serverOf(origin), status, problem || null)
    return { duration: registry.series(instruments.CLIENT_DURATION, attributes), size: registry.series(instruments.CLIENT_SIZE, attributes) }
  })
  const started = registry.series(instruments.CLIENT_STARTED, [...place, ...options.metricAttributes])
  const failed = registry.series(instruments.CLIENT_FAILED, [...place, ...options.metricAttributes])
  return (next) => (request, ctx) => {
    const start = platform.now()
    const context = childOf(ctx.trace)
    if (context) {
      request.headers.set('traceparent', traceparentOf(context))
      if (context.state) request.headers.set('tracestate', context.state)
    }
    const finish = (status: number, size: number | null, problem: string | null): void => {
      const end = platform.now()
      const origin = originOf(request.url)
      if (options.metrics) {
        const series = seriesOf(request.method, origin, status, problem ?? '')
        record(series.duration, (end - start) / 1000)
        if (size !== null) record(series.size, size)
      }
      if (options.traces && context?.sampled) spans.add(spanOf(context, ctx.trace, `${request.method} ${options.pattern}`, 'client', start, end, [...attributesOf(request.method, serverOf(origin), status, problem), ...options.traceAttributes], problem))
    }
    if (options.metrics) record(started, 1)
    const work = next(request, ctx)
    // Calls whose time is up are left behind where the platform can't end them: they have taken so long, whatever becomes of them.
    ctx.deadline.race<Response | null>(work, null).then(
      (response) => (response ? finish(response.status, instruments.lengthOf(response), null) : finish(0, null, 'timeout')),
      () => {
        const late = ctx.deadline.over()
        if (options.metrics && !late) record(failed, 1)
        finish(0, null, late ? 'timeout' : 'failed')
      },
    )
    return work
  }
}

interface Server {
  address: string
  port: number
}

/** `http://user:80/x` → `http://user:80`: cheaper than a URL. */
const originOf = (url: string): string => /^[a-z]+:\/\/(?:\[[^\]]*\]|[^/?#])*/i.exec(url)?.[0] ?? ''

function serverOf(origin: string): Server {
  const { hostname, port, protocol } = URL.parse(origin) ?? { hostname: '', port: '', protocol: '' }
  return { address: hostname, port: Number(port) || (protocol === 'https:' ? 443 : 80) }
}

/** error.type: the status, where it is an error, or what went wrong instead. */
const errorOf = (problem: string | number, least: number): Attributes => (typeof problem === 'number' && problem < least ? [] : [['error.type', String(problem)]])

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
