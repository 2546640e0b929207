/** What `cuttle check` says of telemetry that would not work as it is written. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { suite, test } from 'node:test'
import { compile } from '../../compiler/compile.ts'
import { formatPath, RefusedError } from '../../compiler/diagnostics.ts'
import type { Target } from '../../compiler/emit/module.ts'
import { readJson } from '../../compiler/load/source.ts'
import type { Plan } from '../../compiler/plan.ts'
import { createGateway } from '../../test/gateway.ts'
import * as instruments from '../../worker/telemetry/instruments.ts'
import { prometheusName } from '../../worker/telemetry/prometheus.ts'
import { features } from '../index.ts'

const configOf = (extra: object): object => ({ version: 3, name: 'shop', port: 8080, extra_config: extra, endpoints: [{ endpoint: '/a', backend: [{ host: ['http://up.example'], url_pattern: '/' }] }] })

function check(extra: object, target: Target = 'workerd'): { said: string[]; plan: Plan } {
  const { findings, plan } = compile(readJson('gateway.json', JSON.stringify(configOf(extra))), features, target)
  return { said: findings.map(({ severity, code, path, message }) => `${severity} ${code} ${formatPath(path).replace(/^extra_config\["telemetry\/|^extra_config\["/, '').replace('"]', '')}: ${message}`), plan }
}

const OTEL = 'telemetry/opentelemetry'
const otlp = { name: 'o', host: 'collector', use_http: true }
const CASES: { about: string; extra: object; says: RegExp[]; target?: Target }[] = [
  { about: 'as it should be', extra: { [OTEL]: { service_name: 'x', exporters: { otlp: [otlp], prometheus: [{ name: 'p', port: 9091 }] } } }, says: [] },
  { about: 'a wrong type takes the whole block, as in KrakenD', extra: { [OTEL]: { trace_sample_rate: 'half' } }, says: [/^warning wrong-type opentelemetry\.trace_sample_rate: .*telemetry\/opentelemetry is off$/] },
  { about: 'an exporter that nobody knows', extra: { [OTEL]: { exporters: { zipkin: [{}], otpl: [otlp] } } }, says: [/unknown-key opentelemetry\.exporters\.zipkin: zipkin is no key of exporters/, /unknown-key opentelemetry\.exporters\.otpl: otpl is no key/] },
  { about: 'a misspelled key of an exporter', extra: { [OTEL]: { exporters: { otlp: [{ ...otlp, disable_trace: true }] } } }, says: [/unknown-key opentelemetry\.exporters\.otlp\[0\]\.disable_trace: disable_trace is no key of otlp/] },
  { about: 'two of one name', extra: { [OTEL]: { exporters: { otlp: [otlp], prometheus: [{ name: 'o' }] } } }, says: [/duplicate-name opentelemetry\.exporters\.prometheus\[0\]\.name: .*KrakenD starts no exporter then/] },
  { about: 'two without a name', extra: { [OTEL]: { exporters: { prometheus: [{ port: 9091 }, { port: 9092 }] } } }, says: [/duplicate-name .*prometheus\[1\]\.name: expected a name of its own, found "" again/] },
  { about: 'gRPC', extra: { [OTEL]: { exporters: { otlp: [{ name: 'o', host: 'collector', port: 4317 }] } } }, says: [/not-supported opentelemetry\.exporters\.otlp\[0\]\.use_http: gRPC/] },
  { about: 'ports that there are not', extra: { [OTEL]: { exporters: { otlp: [{ ...otlp, port: 70_000 }], prometheus: [{ name: 'p', port: -1 }] } }, 'telemetry/metrics': { listen_address: ':70000' } }, says: [/bad-port opentelemetry\.exporters\.otlp\[0\]\.port: expected a port from 1 to 65535, found 70000: the exporter is off/, /bad-port opentelemetry\.exporters\.prometheus\[0\]\.port: .*found -1: \/metrics is not served/, /bad-address metrics\.listen_address/] },
  { about: 'a collector at a path', extra: { [OTEL]: { exporters: { otlp: [{ ...otlp, host: 'https://collector.example/v1' }] } } }, says: [/bad-address opentelemetry\.exporters\.otlp\[0\]\.host: .*found a path/] },
  { about: 'a share of more than all', extra: { [OTEL]: { trace_sample_rate: 50 } }, says: [/out-of-range opentelemetry\.trace_sample_rate: expected a share from 0 to 1, found 50/] },
  { about: 'headers, and what is only Go\'s', extra: { [OTEL]: { layers: { global: { report_headers: true, semantic_convention: '1.40' } }, exporters: { prometheus: [{ name: 'p', go_metrics: true }] } } }, says: [/report_headers: headers are not reported/, /semantic_convention: names are those/, /go_metrics: neither Go/] },
  { about: 'the gateway\'s own port', extra: { [OTEL]: { exporters: { prometheus: [{ name: 'p', port: 8080 }] } } }, says: [/port-in-use opentelemetry\.exporters\.prometheus\[0\]\.port: .*found 8080, where the gateway listens/] },
  { about: 'two listeners on one port', extra: { [OTEL]: { exporters: { prometheus: [{ name: 'p', port: 9090 }] } }, 'telemetry/metrics': { listen_address: '127.0.0.1:9090' } }, says: [/port-in-use metrics\.listen_address: .*found 9090, where metrics listens/] },
  { about: 'one port of two addresses', extra: { [OTEL]: { exporters: { prometheus: [{ name: 'p', host: '127.0.0.1', port: 9090 }] } }, 'telemetry/metrics': { listen_address: '127.0.0.2:9090' } }, says: [] },
  { about: 'no port on Cloudflare', extra: { [OTEL]: { exporters: { prometheus: [{ name: 'p' }] } }, 'telemetry/metrics': {} }, target: 'cloudflare', says: [/no-effect opentelemetry\.exporters\.prometheus/, /no-effect metrics/] },
  { about: 'headers for an exporter that is not there', extra: { [OTEL]: { exporters: { otlp: [otlp] } }, 'telemetry/opentelemetry-security': { otlp: [{ name: 'other', headers: { a: 'b' } }] } }, says: [/no-effect opentelemetry-security\.otlp\[0\]\.name: .*\(o\), found "other"/] },
  { about: 'OpenCensus has a way out', extra: { 'telemetry/opencensus': { exporters: { prometheus: { port: 9091 } } } }, says: [/not-supported opencensus: .*it does nothing; it is deprecated.*telemetry\/opentelemetry takes its place/] },
  { about: 'InfluxDB without what it sends', extra: { 'telemetry/influx': { address: 'http://influxdb:8086', ttl: '25s' } }, says: [/no-effect influx: telemetry\/influx sends what telemetry\/metrics counts/] },
  { about: 'InfluxDB nowhere, never', extra: { 'telemetry/metrics': {}, 'telemetry/influx': { ttl: '25s' } }, says: [/bad-address influx\.address: expected an address such as "http:\/\/influxdb:8086", found ""/] },
  { about: 'InfluxDB never', extra: { 'telemetry/metrics': {}, 'telemetry/influx': { address: 'http://influxdb:8086', ttl: 'often' } }, says: [/wrong-type influx\.ttl: .*found "often"/] },
  { about: 'Graylog by UDP', extra: { 'telemetry/logging': { level: 'INFO', stdout: true }, 'telemetry/gelf': { address: 'graylog:12201' } }, says: [/not-supported gelf\.address: there is neither UDP.*http:\/\/graylog:12201\/gelf/] },
  { about: 'Graylog by HTTP', extra: { 'telemetry/logging': { level: 'INFO', stdout: true }, 'telemetry/gelf': { address: 'http://graylog:12201' } }, says: [] },
  { about: 'no address of Graylog', extra: { 'telemetry/logging': { level: 'INFO', stdout: true }, 'telemetry/gelf': { address: 'a b:70000' } }, says: [/bad-address gelf\.address/] },
  { about: 'a level that nobody knows', extra: { 'telemetry/logging': { level: 'LOUD', stdout: true } }, says: [/unknown-level logging\.level: expected one of DEBUG, .*found "LOUD"/] },
  { about: 'logs that go nowhere', extra: { 'telemetry/logging': { level: 'INFO' } }, says: [/no-effect logging: neither stdout nor syslog/] },
  { about: 'Analytics Engine elsewhere', extra: { 'cuttle/analytics': { dataset: 'd' } }, says: [/no-effect cuttle\/analytics: Analytics Engine is Cloudflare's/] },
]

suite('findings', () => {
  for (const { about, extra, says, target } of CASES) {
    test(about, () => {
      const { said } = check(extra, target)
      assert.equal(said.length, says.length, said.join('\n'))
      for (const [i, pattern] of says.entries()) assert.match(said[i]!, pattern)
    })
  }

  test('Analytics Engine without a dataset', () => {
    assert.throws(() => check({ 'cuttle/analytics': {} }), (error) => error instanceof RefusedError && formatPath(error.findings[0]!.path) === 'extra_config["cuttle/analytics"].dataset')
  })

  test('passwords in addresses: nothing is sent, and nothing is shown', () => {
    const address = 'http://ann:hunter2@sink:8086'
    const { said, plan } = check({ [OTEL]: { exporters: { otlp: [{ ...otlp, host: 'http://ann:hunter2@sink' }] } }, 'telemetry/metrics': {}, 'telemetry/influx': { address, ttl: '1s' }, 'telemetry/logging': { level: 'INFO', stdout: true }, 'telemetry/gelf': { address } })
    assert.equal(said.length, 3)
    assert.ok(said.every((text) => text.includes('which would stand in the code')))
    assert.doesNotMatch(said.join() + JSON.stringify(plan), /hunter2/)
  })

  test('a listener that can not be is left out', () => {
    assert.deepEqual(check({ [OTEL]: { exporters: { prometheus: [{ name: 'p', port: 8080 }] } } }).plan.listeners, [])
  })
})

const stages = ({ endpoints }: Plan): string => JSON.stringify(endpoints.filter(({ written }) => written !== null))

test('calls are told of as krakend-otel does: where a block stands, only if it says so', () => {
  const withMetrics = (metrics: object): string => stages(check({ [OTEL]: { exporters: { prometheus: [{ name: 'p' }] }, layers: { backend: { metrics, traces: { disable_stage: true } } } } }).plan)
  const optionsOf = (text: string): unknown[] => [...text.matchAll(/"features\/telemetry\/opentelemetry",(\{[^{}]*"pattern"[^{}]*\})/g)].map(([, options]) => (JSON.parse(options!) as { metrics: boolean }).metrics)
  assert.deepEqual(optionsOf(withMetrics({})), [true])
  assert.deepEqual(optionsOf(withMetrics({ round_trip: true })), [true, true])
  assert.deepEqual(optionsOf(withMetrics({ disable_stage: true, read_payload: true })), [true])
})

test('the service is called as the configuration is, where nothing else is said', () => {
  assert.match(JSON.stringify(check({ [OTEL]: { exporters: { otlp: [otlp] } } }).plan.stages), /\["service\.name","shop"\]/)
})

test('Graylog gets one line after the other; what it does not take is dropped, the rest waits', async () => {
  const taken: string[] = []
  let fails = 0
  const gateway = await createGateway(configOf({ 'telemetry/logging': { level: 'ERROR', stdout: true }, 'telemetry/gelf': { address: 'http://graylog:12201' } }), {
    fetch: (url, init) => {
      if (!url.startsWith('http://graylog')) return Promise.reject(new Error('refused'))
      if (fails-- > 0) return Promise.resolve(new Response(null, { status: 503 }))
      taken.push((JSON.parse(new TextDecoder().decode(init.body as Uint8Array)) as { short_message: string }).short_message)
      return Promise.resolve(new Response(null, { status: 202 }))
    },
  })
  const ask = async (): Promise<void> => {
    await gateway.fetch('/a')
    await Promise.all(gateway.pending.splice(0))
  }
  fails = 1
  await Promise.all([gateway.fetch('/a'), gateway.fetch('/a')])
  await Promise.all(gateway.pending.splice(0))
  assert.deepEqual(taken, [])
  await ask()
  // One of the first two, and the third.
  assert.equal(taken.length, 2)
})

test('docs/metrics.md has every metric, under both its names', () => {
  const page = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8')
  for (const one of Object.values(instruments)) if (typeof one === 'object') assert.ok(page.includes(`| \`${one.name}\` | \`${prometheusName(one)}\` |`), one.name)
})
