/**
 * The cluster's promise with real parts: HAProxy before three nodes under load; one is killed, one is added, one makes room for a new
 * version. No request fails, and Prometheus, InfluxDB and OTLP tell what was asked.
 */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { suite, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { startBalancer } from '../../compiler/cluster/balancer.ts'
import { createCluster } from '../../compiler/cluster/cluster.ts'
import { startLoad } from '../../compiler/cluster/load.ts'
import type { Artifact, Slot } from '../../compiler/cluster/nodes.ts'
import { emitFolder, writeFolder } from '../../compiler/emit/folder.ts'
import { load } from '../../compiler/command.ts'
import { type Runtime, RUNTIMES } from '../../compiler/runtimes.ts'
import { freePort } from '../free-port.ts'
import { isInstalled, startInflux, startOtlp, startPrometheus } from './sinks.ts'

const REQUESTS = 20_000
const missing = ['haproxy', 'prometheus', 'influxd'].filter((program) => !isInstalled(program))

function configuration(upstream: number, influx: number, otlp: number, name: string): object {
  return {
    version: 3,
    name,
    extra_config: {
      'telemetry/opentelemetry': {
        service_name: 'gateway',
        metric_reporting_period: 1,
        trace_sample_rate: 0.01,
        exporters: { prometheus: [{ name: 'p', port: 9090 }], otlp: [{ name: 'o', host: '127.0.0.1', port: otlp, use_http: true }] },
      },
      'telemetry/metrics': { endpoint_disabled: true },
      'telemetry/influx': { address: `http://127.0.0.1:${influx}`, ttl: '1s' },
    },
    endpoints: [{ endpoint: '/a', backend: [{ host: [`http://127.0.0.1:${upstream}`], url_pattern: '/' }] }],
  }
}

async function startUpstream(): Promise<http.Server> {
  const server = http.createServer((_request, response) => response.setHeader('content-type', 'application/json').end('{"ok":true}'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

async function freeSlots(count: number): Promise<Slot[]> {
  const slots: Slot[] = []
  for (let number = 1; number <= count; number++) slots.push({ number, port: await freePort(), metricsPort: await freePort() })
  return slots
}

async function build(file: string, runtime: Runtime, folder: string): Promise<Artifact> {
  const { plan, secrets } = (await load(file, { target: runtime }))!
  writeFolder(folder, await emitFolder(plan, runtime))
  return { runtime, folder, env: secrets, listeners: plan.listeners.map(({ name }) => name) }
}

const builds = (file: string): string => /"build":"(\w+)"/.exec(file)?.[1] ?? ''

suite('three nodes, one killed, one added, one replaced', { skip: missing.length ? `not installed: ${missing.join(', ')}` : false }, () => {
  for (const runtime of RUNTIMES) {
    test(runtime, async () => {
      const folder = mkdtempSync(path.join(tmpdir(), 'cuttle-cluster-test-'))
      const file = path.join(folder, 'krakend.json')
      const upstream = await startUpstream()
      const slots = await freeSlots(6)
      const [influx, otlp, prometheus] = await Promise.all([startInflux(folder), startOtlp(), startPrometheus(folder, slots.map(({ metricsPort }) => metricsPort))])
      const configure = (name: string): void => writeFileSync(file, JSON.stringify(configuration((upstream.address() as AddressInfo).port, influx.port, otlp.port, name)))
      const port = await freePort()
      configure('first')
      const balancer = (await startBalancer(folder, port, '/__health', slots))!
      assert.ok(balancer, 'HAProxy does not start')
      const work = path.join(folder, 'work')
      mkdirSync(work)
      const cluster = createCluster(slots, balancer, work, (own) => build(file, runtime, own))
      try {
        for (let i = 0; i < 3; i++) await cluster.add()
        const before = await healthOf(slots[0]!)
        const asked = startLoad(port, ['/a'], 8)
        const until = async (count: number): Promise<void> => {
          while (asked.answered < count) await sleep(20)
        }
        await until(REQUESTS * 0.2)
        // The killed one of three has counted a second's answers since its last sending, and takes along those of one that is under way.
        const answeredBefore = asked.answered
        await sleep(1100)
        const perSecond = asked.answered - answeredBefore
        cluster.kill(2)
        await until(REQUESTS * 0.5)
        await cluster.add()
        await until(REQUESTS * 0.7)
        configure('second')
        const added = await cluster.replace(1)
        await until(REQUESTS)
        await asked.stop()
        assert.deepEqual([asked.failed, [...asked.failures]], [0, []])
        assert.notEqual(await healthOf(slots[added - 1]!), before, 'the new version has the digest of the old one')
        await sleep(2500)
        // Twice what an even pace would lose: machines that others use too have no even pace.
        const lost = (perSecond * 4) / 3
        const near = (what: string, count: number): void => assert.ok(count <= asked.answered + asked.failed + 1 && count >= asked.answered - lost, `${what} counts ${count} of ${asked.answered} requests, and may miss ${lost}`)
        near('OTLP', otlp.count('http.server.request.duration', (attributes) => attributes['http.route'] === '/a' && attributes['http.response.status_code'] === '200'))
        near('InfluxDB', await influx.ask(`SELECT SUM("count") FROM "responses" WHERE "name" = '/a' AND "status" = '200'`))
        near('Prometheus', await prometheus.ask('sum(max_over_time(http_server_request_duration_seconds_count{http_route="/a",http_response_status_code="200"}[5m]))'))
        assert.ok(otlp.spans > 0)
      } finally {
        await cluster.end()
        await Promise.all([influx, otlp, prometheus].map((sink) => sink.stop()))
        upstream.close()
        upstream.closeAllConnections()
        rmSync(folder, { recursive: true, force: true })
      }
    })
  }
})

const healthOf = async ({ port }: Slot): Promise<string> => builds(await (await fetch(`http://127.0.0.1:${port}/__health`)).text())
