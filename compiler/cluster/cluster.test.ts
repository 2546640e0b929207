import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { features } from '../../features/index.ts'
import { SERVER_DURATION } from '../../worker/telemetry/instruments.ts'
import { compile } from '../compile.ts'
import { readJson } from '../load/source.ts'
import type { Plan } from '../plan.ts'
import { percentileOf } from './load.ts'
import { withMetrics } from './metrics.ts'
import { countsOf, drawTable, LEAST_MS, type Row } from './table.ts'

const FEATURE = 'features/telemetry/opentelemetry'

suite('each node tells what it counts, once', () => {
  const planOf = (otel: object | null): Plan =>
    withMetrics(compile(readJson('gateway.json', JSON.stringify({ version: 3, name: 'shop', extra_config: otel ? { 'telemetry/opentelemetry': otel } : {}, endpoints: [{ endpoint: '/a', backend: [{ host: ['http://up'], url_pattern: '/' }] }] })), features).plan)
  const otlp = [{ name: 'o', host: 'collector', use_http: true }]
  const cases: { about: string; otel: object | null; exporters: number; ports: number[]; service: string }[] = [
    { about: 'no telemetry', otel: null, exporters: 0, ports: [0], service: 'shop' },
    { about: 'an OTLP exporter', otel: { service_name: 'x', exporters: { otlp } }, exporters: 1, ports: [0], service: 'x' },
    { about: 'a Prometheus exporter', otel: { exporters: { prometheus: [{ name: 'p', port: 9091 }] } }, exporters: 0, ports: [9091], service: 'shop' },
    { about: 'both', otel: { exporters: { otlp, prometheus: [{ name: 'p', port: 9091 }] }, layers: { global: { disable_metrics: true } } }, exporters: 1, ports: [9091], service: 'shop' },
  ]
  for (const { about, otel, exporters, ports, service } of cases) {
    test(about, () => {
      const plan = planOf(otel)
      const stages = plan.stages.filter(([name]) => name === FEATURE)
      assert.equal(stages.length, 1)
      const options = stages[0]![1] as { exporters: object[]; metrics: boolean; skip: string[]; resource: [string, string][] }
      assert.deepEqual([options.exporters.length, options.metrics, options.skip, options.resource[0]], [exporters, true, ['/__health'], ['service.name', service]])
      assert.deepEqual(plan.listeners.map(({ name, port }) => [name, port]), ports.map((port) => ['metrics', port]))
    })
  }
})

suite('how long answers take', () => {
  const row: Row = { name: 'node 1', state: 'serves', port: 1, pid: 2, requests: 3, errors: 0, perSecond: 0, p50: null, p99: null, cpu: null, cost: null, memory: null }

  test('the table says no more than the buckets know', () => {
    assert.equal(SERVER_DURATION.bounds![0], LEAST_MS / 1000)
    const bucket = (le: string, value: number): { name: string; labels: string; value: number } => ({ name: 'http_server_request_duration_seconds_bucket', labels: `{le="${le}"}`, value })
    const counts = countsOf([bucket('0.01', 90), bucket('0.02', 100), bucket('+Inf', 100)])
    const [, line] = drawTable([{ ...row, ...counts }]).split('\n')
    assert.match(line!, / ≤10 {4}19\.0 /)
  })

  test('the load measures its own', () => {
    assert.equal(percentileOf([], 0.5), null)
    assert.equal(percentileOf([3, 1, 2], 0.5), 2)
    assert.equal(percentileOf(Array.from({ length: 100 }, (_, i) => i + 1), 0.99), 99)
  })
})
