import { z } from 'zod'
import type { Path } from '../../../compiler/diagnostics.ts'
import { defineFeature, type FeaturePlace, type Listening } from '../../../compiler/feature.ts'
import type { Attributes } from '../../../worker/telemetry/registry.ts'
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
    const resource: Attributes = [['service.name', service.service_name || 'KrakenD'], ...named('service.version', service.service_version), ...named('deployment.environment.name', service.deploy_env)]
    const skip = service.skip_paths?.length ? service.skip_paths : SKIPPED
    if (place.place === 'service') return ofService(service, resource, skip, place)
    if (place.place === 'endpoint') {
      const layer = own.proxy ?? service.layers?.proxy
      return stageOf({ metrics: !layer?.disable_metrics, traces: !layer?.disable_traces, metricAttributes: pairs(layer?.metrics_static_attributes), traceAttributes: pairs(layer?.traces_static_attributes) }, (options) => ({ proxy: options }))
    }
    const { metrics, traces } = own.backend ?? service.layers?.backend ?? {}
    const options = { pattern: place.pattern ?? '', metrics: !metrics?.disable_stage, traces: !traces?.disable_stage, metricAttributes: pairs(metrics?.static_attributes), traceAttributes: pairs(traces?.static_attributes) }
    return stageOf(options, (some) => ({ backend: some, client: some }))
  },
})

const stageOf = <O extends worker.Options, R>(options: O, place: (options: O) => R): R | Record<string, never> => (options.metrics || options.traces ? place(options) : {})

const named = (key: string, value: string | undefined): Attributes => (value ? [[key, value]] : [])
const pairs = (list: { key: string; value: string }[] | undefined): Attributes => (list ?? []).filter(({ key, value }) => key && value).map(({ key, value }) => [key, value])

function ofService(block: Block, resource: Attributes, skip: readonly string[], place: FeaturePlace): { service: worker.ServiceOptions; listen: Listening<{ resource: Attributes }>[] } {
  const { at, report } = place
  const global = block.layers?.global
  const exporters = (block.exporters?.otlp ?? []).flatMap((one, i) => exporterOf(one, block, [...at, 'exporters', 'otlp', i], place) ?? [])
  const prometheus = (block.exporters?.prometheus ?? []).filter(({ disable_metrics }) => !disable_metrics)
  if (place.target === 'cloudflare' && prometheus.length) report.warn([...at, 'exporters', 'prometheus'], 'no-effect', 'a Worker on Cloudflare has no port that Prometheus could ask: push with an otlp exporter, or use cuttle/analytics')
  for (const key of ['report_headers'] as const) if (global?.[key]) report.warn([...at, 'layers', 'global', key], 'no-effect', 'headers are not reported: they may hold tokens')
  const listen = prometheus.map(({ host, port }, i) => ({ name: i ? `metrics${i + 1}` : 'metrics', address: host || '0.0.0.0', port: port || 9090, options: { resource } }))
  const service: worker.ServiceOptions = {
    resource,
    skip,
    metrics: !global?.disable_metrics,
    traces: !global?.disable_traces && exporters.some(({ traces }) => traces),
    sampleRate: block.trace_sample_rate ?? 1,
    propagation: !global?.disable_propagation,
    metricAttributes: pairs(global?.metrics_static_attributes),
    traceAttributes: pairs(global?.traces_static_attributes),
    exporters,
  }
  return { service, listen }
}

type Otlp = NonNullable<NonNullable<Block['exporters']>['otlp']>[number]

function exporterOf(one: Otlp, block: Block, at: Path, place: FeaturePlace): worker.Exporter | null {
  if (!one.use_http) {
    place.report.warn([...at, 'use_http'], 'not-supported', 'gRPC is no language that fetch speaks: the exporter is off; "use_http": true talks to the same collector on its HTTP port (4318)')
    return null
  }
  const host = /^https?:\/\//.test(one.host ?? '') ? one.host! : `http://${one.host || 'localhost'}`
  return {
    url: `${host}:${one.port || 4318}`,
    metrics: !one.disable_metrics,
    traces: !one.disable_traces,
    logs: one.logs === true,
    periodMs: 1000 * (one.custom_metric_reporting_period || block.metric_reporting_period || REPORT_PERIOD_S),
    headers: headersOf(one.name ?? '', place),
  }
}

/** telemetry/opentelemetry-security: the headers that a sink asks for are secrets. */
function headersOf(name: string, { around, secret }: FeaturePlace): [string, string][] {
  const { otlp } = security.safeParse(around.service?.['telemetry/opentelemetry-security']).data ?? {}
  const headers = otlp?.find((one) => one.name === name)?.headers ?? {}
  return Object.entries(headers).map(([header, value]) => [header, secret(value, `OTLP_${name}_${header}`)])
}
const security = z.object({ otlp: z.array(z.object({ name: z.string(), headers: z.record(z.string(), z.string()) })).optional() })
