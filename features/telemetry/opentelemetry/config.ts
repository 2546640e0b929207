import { z } from 'zod'
import { type Path, type Report, show } from '../../../compiler/diagnostics.ts'
import { defineFeature, type FeaturePlace, type Listening } from '../../../compiler/feature.ts'
import type { Exporter } from '../../../worker/telemetry/exporter.ts'
import type { Attributes } from '../../../worker/telemetry/registry.ts'
import { leastLevel } from '../levels.ts'
import { headersSchema, portOf, sinkUrl } from '../sink.ts'
import type * as worker from './worker.ts'

const attributes = z.array(z.object({ key: z.string(), value: z.string() })).optional()
const stage = { disable_metrics: z.boolean().optional(), disable_traces: z.boolean().optional(), metrics_static_attributes: attributes, traces_static_attributes: attributes, report_headers: z.boolean().optional(), skip_headers: z.array(z.string()).optional() }
const part = z.object({
  disable_stage: z.boolean().optional(),
  round_trip: z.boolean().optional(),
  read_payload: z.boolean().optional(),
  detailed_connection: z.boolean().optional(),
  static_attributes: attributes,
  report_headers: z.boolean().optional(),
  skip_headers: z.array(z.string()).optional(),
})
const layers = z.object({
  global: z.object({ ...stage, disable_propagation: z.boolean().optional(), semantic_convention: z.string().optional() }).optional(),
  proxy: z.object(stage).optional(),
  backend: z.object({ metrics: part.optional(), traces: part.optional() }).optional(),
})
const schema = z.object({
  service_name: z.string().optional(),
  service_version: z.string().optional(),
  deploy_env: z.string().optional(),
  skip_paths: z.array(z.string()).optional(),
  metric_reporting_period: z.number().optional(),
  trace_sample_rate: z.number().optional(),
  layers: layers.optional(),
  // At an endpoint or a backend, its own layer stands for the service's.
  proxy: z.object(stage).optional(),
  backend: z.object({ metrics: part.optional(), traces: part.optional() }).optional(),
  exporters: z
    .object({
      otlp: z.array(z.object({ name: z.string().optional(), host: z.string().optional(), port: z.number().optional(), use_http: z.boolean().optional(), disable_metrics: z.boolean().optional(), disable_traces: z.boolean().optional(), logs: z.boolean().optional(), custom_metric_reporting_period: z.number().optional() })).optional(),
      prometheus: z.array(z.object({ name: z.string().optional(), host: z.string().optional(), port: z.number().optional(), process_metrics: z.boolean().optional(), go_metrics: z.boolean().optional(), disable_metrics: z.boolean().optional() })).optional(),
    })
    .optional(),
})
type Block = z.infer<typeof schema>

/** KrakenD's, where the configuration names none. */
const SKIPPED = ['/__health', '/__debug/', '/__echo/', '/__stats/']
const REPORT_PERIOD_S = 30

export default defineFeature<typeof worker>()({
  namespace: 'telemetry/opentelemetry',
  places: ['service', 'endpoint', 'backend'],
  inherits: true,
  schema,
  mismatch: 'block',
  normalise(own, place) {
    const whole = place.around.service?.['telemetry/opentelemetry'] as Block | undefined
    if (!whole) return {}
    const service = schema.parse(whole)
    const resource: Attributes = [['service.name', service.service_name || place.serviceName || 'KrakenD'], ...named('service.version', service.service_version), ...named('deployment.environment.name', service.deploy_env)]
    const skip = service.skip_paths?.length ? service.skip_paths : SKIPPED
    if (place.place === 'service') return ofService(service, resource, skip, place)
    if (place.place === 'endpoint') {
      const layer = own.proxy ?? service.layers?.proxy
      return stageOf({ metrics: !layer?.disable_metrics, traces: !layer?.disable_traces, metricAttributes: pairs(layer?.metrics_static_attributes), traceAttributes: pairs(layer?.traces_static_attributes) }, (options) => ({ proxy: options }))
    }
    const { metrics, traces } = own.backend ?? service.layers?.backend ?? {}
    const options = { pattern: place.pattern ?? '', metricAttributes: pairs(metrics?.static_attributes), traceAttributes: pairs(traces?.static_attributes) }
    return {
      ...stageOf({ ...options, metrics: !metrics?.disable_stage, traces: !traces?.disable_stage }, (some) => ({ backend: some })),
      ...stageOf({ ...options, metrics: seesCalls(metrics), traces: seesCalls(traces) }, (some) => ({ client: some })),
    }
  },
})

/** krakend-otel: where a block stands, calls are told of only if it says so (lura/backend.go). */
const seesCalls = (block: z.infer<typeof part> | undefined): boolean => !block || block.round_trip === true || block.read_payload === true

const stageOf = <O extends worker.Options, R>(options: O, place: (options: O) => R): R | Record<string, never> => (options.metrics || options.traces ? place(options) : {})

const named = (key: string, value: string | undefined): Attributes => (value ? [[key, value]] : [])
const pairs = (list: { key: string; value: string }[] | undefined): Attributes => (list ?? []).filter(({ key, value }) => key && value).map(({ key, value }) => [key, value])

function ofService(block: Block, resource: Attributes, skip: readonly string[], place: FeaturePlace): { service: worker.ServiceOptions; listen: Listening<{ resource: Attributes }>[] } {
  const { at, report } = place
  reportIneffective(block, at, report)
  reportNames(block, at, report)
  const global = block.layers?.global
  const exporters = (block.exporters?.otlp ?? []).flatMap((one, i) => exporterOf(one, block, [...at, 'exporters', 'otlp', i], place) ?? [])
  const service: worker.ServiceOptions = {
    resource,
    skip,
    metrics: !global?.disable_metrics,
    traces: !global?.disable_traces && exporters.some(({ traces }) => traces),
    sampleRate: sampleRateOf(block.trace_sample_rate, at, report),
    propagation: !global?.disable_propagation,
    metricAttributes: pairs(global?.metrics_static_attributes),
    traceAttributes: pairs(global?.traces_static_attributes),
    exporters,
  }
  return { service, listen: listenersOf(block, resource, place) }
}

function listenersOf(block: Block, resource: Attributes, { at, report, target }: FeaturePlace): Listening<{ resource: Attributes }>[] {
  const where = [...at, 'exporters', 'prometheus']
  const asked = (block.exporters?.prometheus ?? []).map((one, i) => ({ ...one, at: [...where, i] })).filter(({ disable_metrics }) => !disable_metrics)
  if (target === 'cloudflare' && asked.length) report.warn(where, 'no-effect', 'a Worker on Cloudflare has no port that Prometheus could ask: push with an otlp exporter, or use cuttle/analytics')
  return asked.flatMap(({ host, port, at: one }, i) => {
    const own = portOf(port, 9090, '/metrics is not served', [...one, 'port'], report)
    return own === null ? [] : [{ name: i ? `metrics${i + 1}` : 'metrics', address: host || '0.0.0.0', port: own, at: [...one, 'port'], options: { resource } }]
  })
}

/** KrakenD logs an error of two exporters with one name, and starts none at all (krakend-otel, config.Validate). */
function reportNames({ exporters }: Block, at: Path, report: Report): void {
  const known = new Set<string>()
  for (const kind of ['otlp', 'prometheus'] as const) {
    for (const [i, { name = '' }] of (exporters?.[kind] ?? []).entries()) {
      if (known.has(name)) report.warn([...at, 'exporters', kind, i, 'name'], 'duplicate-name', `expected a name of its own, found ${JSON.stringify(name)} again: KrakenD starts no exporter then; here each works`)
      known.add(name)
    }
  }
}

function sampleRateOf(rate: number | undefined, at: Path, report: Report): number {
  if (rate === undefined || (rate >= 0 && rate <= 1)) return rate ?? 1
  report.warn([...at, 'trace_sample_rate'], 'out-of-range', `expected a share from 0 to 1, found ${rate}: every trace is sampled`)
  return 1
}

/** Keys that are read and change nothing. */
function reportIneffective({ layers, exporters }: Block, at: Path, report: Report): void {
  const no = (path: Path, why: string): void => report.warn([...at, ...path], 'no-effect', why)
  const headers = 'headers are not reported: they may hold tokens'
  if (layers?.global?.report_headers) no(['layers', 'global', 'report_headers'], headers)
  if (layers?.proxy?.report_headers) no(['layers', 'proxy', 'report_headers'], headers)
  if (layers?.backend?.traces?.report_headers) no(['layers', 'backend', 'traces', 'report_headers'], headers)
  const convention = layers?.global?.semantic_convention
  if (convention && convention !== '1.27') no(['layers', 'global', 'semantic_convention'], `names are those of the semantic conventions 1.27, found "${convention}"`)
  for (const [i, one] of (exporters?.prometheus ?? []).entries()) {
    for (const key of ['go_metrics', 'process_metrics'] as const) if (one[key]) no(['exporters', 'prometheus', i, key], 'neither Go nor a process of its own is there to be measured: the gateway\'s metrics alone are told')
  }
}

type Otlp = NonNullable<NonNullable<Block['exporters']>['otlp']>[number]

function exporterOf(one: Otlp, block: Block, at: Path, place: FeaturePlace): Exporter | null {
  if (!one.use_http) {
    place.report.warn([...at, 'use_http'], 'not-supported', 'gRPC is no language that fetch speaks: the exporter is off; "use_http": true talks to the same collector on its HTTP port (4318)')
    return null
  }
  const host = one.host || 'localhost'
  const port = portOf(one.port, 4318, 'the exporter is off', [...at, 'port'], place.report)
  const url = port && sinkUrl(`${/^https?:\/\//.test(host) ? host : `http://${host}`}:${port}`, 'https://collector.example', [...at, 'host'], place.report)
  if (!url) return null
  if (url.pathname !== '/') {
    place.report.warn([...at, 'host'], 'bad-address', `expected a host such as "https://collector.example", found a path in ${show(host)}: the exporter is off`)
    return null
  }
  return {
    url: url.origin,
    metrics: !one.disable_metrics,
    traces: !one.disable_traces,
    logs: one.logs === true ? leastLevel(place.around.service) : null,
    periodMs: 1000 * ([one.custom_metric_reporting_period, block.metric_reporting_period].find((seconds) => seconds !== undefined && seconds > 0) ?? REPORT_PERIOD_S),
    headers: headersOf(one.name ?? '', place),
  }
}

/** telemetry/opentelemetry-security: the headers that a sink asks for are secrets. */
function headersOf(name: string, { around, secret }: FeaturePlace): [string, string][] {
  const { otlp } = headersSchema.safeParse(around.service?.['telemetry/opentelemetry-security']).data ?? {}
  const headers = otlp?.find((one) => one.name === name)?.headers ?? {}
  return Object.entries(headers).map(([header, value]) => [header, secret(value, `OTLP_${name}_${header}`)])
}
