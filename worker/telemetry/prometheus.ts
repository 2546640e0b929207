/** Prometheus' text format, version 0.0.4, with the names that OpenTelemetry's compatibility rules make: dots to underscores, units as words. */
import { type Attributes, type Instrument, type Registry, type Series, unique } from './registry.ts'

export const PROMETHEUS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

const UNITS: { readonly [unit: string]: string } = { s: '_seconds', By: '_bytes' }

/** `http.server.request.duration` in seconds → `http_server_request_duration_seconds`. */
export const prometheusName = ({ name, unit, bounds }: Instrument): string => `${name.replace(/[^A-Za-z0-9_:]/g, '_')}${UNITS[unit] ?? ''}${bounds ? '' : '_total'}`

/** `resource` describes the node, once; `common` are labels of every series. */
export function emitPrometheus(registry: Registry, resource: Attributes, common: Attributes): string {
  const byName = Map.groupBy(registry.all(), ({ instrument }) => prometheusName(instrument))
  const lines = [`# HELP target_info Target metadata`, '# TYPE target_info gauge', `target_info${labels([...resource, ...common])} 1`]
  for (const [name, series] of byName) {
    const { description, bounds } = series[0]!.instrument
    lines.push(`# HELP ${name} ${escapeText(description)}`, `# TYPE ${name} ${bounds ? 'histogram' : 'counter'}`)
    for (const { attributes, ...rest } of series) {
      const one = { ...rest, attributes: [...attributes, ...common] }
      lines.push(...(bounds ? histogram(name, one, bounds) : [`${name}${labels(one.attributes)} ${one.sum}`]))
    }
  }
  return `${lines.join('\n')}\n`
}

function histogram(name: string, { attributes, count, sum, buckets }: Series, bounds: readonly number[]): string[] {
  let below = 0
  const lines = bounds.map((bound, i) => `${name}_bucket${labels([...attributes, ['le', String(bound)]])} ${(below += buckets[i]!)}`)
  return [...lines, `${name}_bucket${labels([...attributes, ['le', '+Inf']])} ${count}`, `${name}_sum${labels(attributes)} ${sum}`, `${name}_count${labels(attributes)} ${count}`]
}

/** A label that stands twice makes Prometheus refuse the whole page. */
function labels(attributes: Attributes): string {
  const named = unique(attributes.map(([key, value]) => [labelName(key), value]))
  return named.length ? `{${named.map(([key, value]) => `${key}="${escapeLabel(String(value))}"`).join(',')}}` : ''
}

const labelName = (key: string): string => key.replace(/[^A-Za-z0-9_]/g, '_').replace(/^(?=\d)/, 'key_')

const escapeText = (text: string): string => text.replace(/\\/g, String.raw`\\`).replace(/\n/g, String.raw`\n`)
const escapeLabel = (text: string): string => escapeText(text).replace(/"/g, String.raw`\"`)
