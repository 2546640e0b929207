/** Real sinks for what nodes report: Prometheus and InfluxDB where they are installed, and a strict OTLP receiver. */
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import { createRequire } from 'node:module'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../free-port.ts'

export const isInstalled = (program: string): boolean => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0

export interface Sink {
  port: number
  stop(): Promise<void>
}

async function launch(program: string, args: readonly string[], ready: string): Promise<{ stop(): Promise<void> }> {
  const child = spawn(program, args, { stdio: 'ignore' })
  const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()))
  for (let tries = 0; !(await fetch(ready).then(({ ok }) => ok, () => false)); tries++) {
    assert.ok(tries < 200 && child.exitCode === null, `${program} does not start`)
    await sleep(50)
  }
  return {
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

export interface Prometheus extends Sink {
  /** The value of a query that gives one number. */
  ask(query: string): Promise<number>
}

/** Scrapes each port so often that a node which is drained is asked once more before it ends. A node that is killed keeps the counts of its last scrape, as in life. */
export async function startPrometheus(folder: string, targets: readonly number[]): Promise<Prometheus> {
  const port = await freePort()
  const file = path.join(folder, 'prometheus.yml')
  writeFileSync(file, `global: { scrape_interval: 200ms, scrape_timeout: 200ms }\nscrape_configs:\n  - job_name: gateway\n    static_configs: [{ targets: [${targets.map((target) => `"127.0.0.1:${target}"`).join(', ')}] }]\n`)
  const origin = `http://127.0.0.1:${port}`
  const { stop } = await launch('prometheus', [`--config.file=${file}`, `--storage.tsdb.path=${path.join(folder, 'prometheus')}`, `--web.listen-address=127.0.0.1:${port}`], `${origin}/-/ready`)
  const ask = async (query: string): Promise<number> => {
    const { data } = (await (await fetch(`${origin}/api/v1/query?query=${encodeURIComponent(query)}`)).json()) as { data: { result: { value: [number, string] }[] } }
    return Number(data.result[0]?.value[1] ?? 0)
  }
  // It is ready seconds before it first asks anyone: a node that is killed meanwhile would have told nothing.
  for (let tries = 0; (await ask('count(up)')) < targets.length; tries++) {
    assert.ok(tries < 300, 'Prometheus asks nobody')
    await sleep(50)
  }
  return { port, stop, ask }
}

export interface Influx extends Sink {
  ask(query: string): Promise<number>
}

export async function startInflux(folder: string): Promise<Influx> {
  const [port, rpc] = [await freePort(), await freePort()]
  const data = path.join(folder, 'influx')
  mkdirSync(data)
  const file = path.join(folder, 'influxdb.conf')
  writeFileSync(file, `reporting-disabled = true\nbind-address = "127.0.0.1:${rpc}"\n[meta]\n  dir = "${data}/meta"\n[data]\n  dir = "${data}/data"\n  wal-dir = "${data}/wal"\n[http]\n  bind-address = "127.0.0.1:${port}"\n  log-enabled = false\n[monitor]\n  store-enabled = false\n`)
  const origin = `http://127.0.0.1:${port}`
  const { stop } = await launch('influxd', ['-config', file], `${origin}/ping`)
  await fetch(`${origin}/query?q=${encodeURIComponent('CREATE DATABASE krakend')}`, { method: 'POST' })
  const ask = async (query: string): Promise<number> => {
    const { results } = (await (await fetch(`${origin}/query?db=krakend&q=${encodeURIComponent(query)}`)).json()) as { results: { series?: { values: [string, number][] }[] }[] }
    return results[0]?.series?.[0]?.values[0]?.[1] ?? 0
  }
  return { port, stop, ask }
}

export interface Otlp extends Sink {
  /** The sum of all points of a metric whose attributes the test takes. */
  count(metric: string, accepts: (attributes: { readonly [key: string]: unknown }) => boolean): number
  spans: number
  down: boolean
}

interface Message {
  fromObject(json: object): object
  toObject(message: object, options: object): object
}
interface Value { stringValue?: string; intValue?: string; boolValue?: boolean; doubleValue?: number }
interface Point { attributes: { key: string; value: Value }[]; count?: string; asInt?: string }
interface Metric { name: string; sum?: { aggregationTemporality: number; dataPoints: Point[] }; histogram?: { aggregationTemporality: number; dataPoints: Point[] } }

/**
 * Takes JSON only where the published protobuf schema knows every field of it: read into messages and written out again, it must be
 * the same.
 */
export async function startOtlp(): Promise<Otlp> {
  const { opentelemetry } = createRequire(import.meta.url)('@opentelemetry/otlp-transformer/build/src/generated/root.js') as { opentelemetry: { proto: { collector: { [kind: string]: { v1: { [message: string]: Message } } } } } }
  const { logs, metrics, trace } = opentelemetry.proto.collector
  const kinds: { readonly [path: string]: Message } = { '/v1/metrics': metrics!.v1.ExportMetricsServiceRequest!, '/v1/traces': trace!.v1.ExportTraceServiceRequest!, '/v1/logs': logs!.v1.ExportLogsServiceRequest! }
  const received: Metric[] = []
  const problems: string[] = []
  const otlp: Otlp = {
    port: await freePort(),
    spans: 0,
    down: false,
    count(metric, accepts) {
      assert.deepEqual(problems, [])
      const points = received.filter(({ name }) => name === metric).flatMap(({ sum, histogram }) => (sum ?? histogram)!.dataPoints)
      const wanted = points.filter(({ attributes }) => accepts(Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0] as unknown]))))
      return wanted.reduce((total, { count, asInt }) => total + Number(count ?? asInt), 0)
    },
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  }
  const take = (url: string, text: string): void => {
    const json = JSON.parse(text) as { resourceMetrics?: { scopeMetrics: { metrics: Metric[] }[] }[]; resourceSpans?: { scopeSpans: { spans: { traceId: string; spanId: string; parentSpanId?: string }[] }[] }[] }
    const spans = json.resourceSpans?.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)) ?? []
    // OTLP's JSON writes ids in hexadecimal digits, where protobuf's own would have Base64.
    for (const span of spans) {
      assert.match(span.traceId, /^[\da-f]{32}$/)
      assert.match(span.spanId, /^[\da-f]{16}$/)
    }
    const withoutIds = JSON.parse(JSON.stringify(json, (key, value: unknown) => (/^(traceId|spanId|parentSpanId)$/.test(key) ? undefined : value))) as object
    const message = kinds[url]!
    assert.deepEqual(JSON.parse(JSON.stringify(message.toObject(message.fromObject(withoutIds), { longs: String, enums: Number }))), withoutIds)
    otlp.spans += spans.length
    received.push(...(json.resourceMetrics ?? []).flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics)))
  }
  const server = http.createServer((request, response) => {
    let text = ''
    request.setEncoding('utf8').on('data', (piece: string) => (text += piece))
    request.on('end', () => {
      if (otlp.down) {
        request.socket.destroy()
        return
      }
      try {
        take(request.url!, text)
      } catch (error) {
        problems.push(String(error))
      }
      response.setHeader('content-type', 'application/json').end('{}')
    })
  })
  await new Promise<void>((resolve) => server.listen(otlp.port, '127.0.0.1', resolve))
  return otlp
}
