/**
 * What nodes cost: three beside one, which share nothing; and metrics beside none. CPU-µs a request, in turns.
 * `node bench/nodes.ts [ROUNDS]`
 */
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Runtime, RUNTIMES } from '../compiler/runtimes.ts'
import { benchmark, end, inTurns, measure, median, ratio, type Running, startGateway, startUpstream, WARM_UP } from './run.ts'

const rounds = Number(process.argv[2] ?? 12)
/** So many that a turn lasts about as long as a sink's period. */
const REQUESTS = 6000
const CONNECTIONS = 6

/** Takes what it is sent. */
async function startSink(): Promise<http.Server> {
  const server = http.createServer((request, response) => request.on('end', () => response.setHeader('content-type', 'application/json').end('{}')).resume())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

async function bench(runtime: Runtime, upstream: string, sink: number): Promise<void> {
  const endpoints = [{ endpoint: '/json/1k', backend: [{ host: [upstream], url_pattern: '/1k' }] }]
  const start = (name: string, telemetry?: object): Promise<Running> => startGateway(runtime, { endpoints, ...(telemetry && { extra_config: { 'telemetry/opentelemetry': telemetry } }) }, name)
  const one = await start('one')
  const three = [await start('a'), await start('b'), await start('c')] as const
  const otlp = await start('otlp', { metric_reporting_period: 1, exporters: { otlp: [{ name: 'o', host: '127.0.0.1', port: sink, use_http: true, disable_traces: true }] } })
  const prometheus = await start('prometheus', { exporters: { prometheus: [{ name: 'p' }] } })
  const traces = await start('traces', { metric_reporting_period: 1, trace_sample_rate: 0.1, exporters: { otlp: [{ name: 'o', host: '127.0.0.1', port: sink, use_http: true }] } })
  const all = [one, ...three, otlp, prometheus, traces]
  for (const running of all) await measure(running, '/json/1k', WARM_UP[runtime], CONNECTIONS)
  const cost = async (running: Running, share = 1): Promise<number> => (await measure(running, '/json/1k', REQUESTS / share, CONNECTIONS)).cpu
  // A third of the requests for each of the three: by turns, and at once, where they compete for the machine's cores as well.
  const byTurns = async (): Promise<number> => {
    let sum = 0
    for (const node of three) sum += await cost(node, 3)
    return sum / 3
  }
  const atOnce = async (): Promise<number> => (await Promise.all(three.map((node) => cost(node, 3)))).reduce((sum, cpu) => sum + cpu, 0) / 3
  const [alone, turned, together, pushed, pulled, traced] = (await inTurns(rounds, [() => cost(one), byTurns, atOnce, () => cost(otlp), () => cost(prometheus), () => cost(traces)])) as [number[], number[], number[], number[], number[], number[]]
  console.log(`${runtime}, ${rounds} rounds: one node ${median(alone).toFixed(0)} µs · three by turns ${ratio(turned, alone)} × · three at once ${ratio(together, alone)} × · OTLP metrics ${ratio(pushed, alone)} × · Prometheus ${ratio(pulled, alone)} × · metrics and a tenth of the traces ${ratio(traced, alone)} ×`)
  end(...all)
}

await benchmark(async () => {
  const upstream = await startUpstream()
  const sink = await startSink()
  for (const runtime of RUNTIMES) await bench(runtime, upstream, (sink.address() as AddressInfo).port)
  sink.close()
})
