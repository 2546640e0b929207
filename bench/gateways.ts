/** Whole gateways beside a hand-written Worker: CPU-µs a request of the process tree, as ratios. `npm run bench -- --help`. */
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'
import { COMPATIBILITY_DATE } from '../compiler/emit/workerd.ts'
import { type Runtime, RUNTIMES } from '../compiler/runtimes.ts'
import { benchmark, end, freePort, inTurns, measure, type Measured, median, ratio, type Running, serve, startGateway, startUpstream, WARM_UP } from './run.ts'

const { values } = parseArgs({
  options: {
    runtime: { type: 'string', multiple: true },
    rounds: { type: 'string', default: '10' },
    requests: { type: 'string', default: '1000' },
    connections: { type: 'string', default: '8' },
    'warm-up': { type: 'string' },
    only: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
})
if (values.help) {
  console.log(`npm run bench -- [--runtime workerd|deno] [--rounds 10] [--requests 1000] [--connections 8] [--warm-up ${WARM_UP.workerd}, on Deno ${WARM_UP.deno}] [--only WORK]`)
  process.exit(0)
}
const rounds = Number(values.rounds)
const requests = Number(values.requests)
const connections = Number(values.connections)
interface Work {
  name: string
  path: string
  /** Large answers: fewer of them make a round. */
  share: number
  many?: boolean
}
const WORKS: readonly Work[] = [
  { name: 'pass-through 1 KB', path: '/pass/1k', share: 1 },
  { name: 'pass-through 100 KB', path: '/pass/100k', share: 0.5 },
  { name: 'JSON 1 KB', path: '/json/1k', share: 1 },
  { name: 'three merged', path: '/merge', share: 0.7 },
  { name: 'one key removed, 100 KB', path: '/less/100k', share: 0.3 },
  { name: '10,000 endpoints', path: '/pass/1k', share: 1, many: true },
]

/** The hand-written Worker runs twice, so that noise is seen. */
async function bench(runtime: Runtime, upstream: string): Promise<void> {
  const warmUp = Number(values['warm-up'] ?? WARM_UP[runtime])
  const few = await startGateway(runtime, gatewayConfig(upstream, 0), 'ten')
  const many = await startGateway(runtime, gatewayConfig(upstream, 10_000), 'many')
  const hand = [await startHandWritten(runtime, upstream, 'Same'), await startHandWritten(runtime, upstream, 'Same'), await startHandWritten(runtime, upstream, 'Bare')] as const
  console.log(`\n${runtime}, ${rounds} rounds: CPU-µs a request, and its ratio to the hand-written Worker (median, 95 % interval)`)
  for (const work of WORKS) {
    if (values.only && !work.name.includes(values.only)) continue
    const runs = [work.many ? many : few, ...hand, ...(work.many ? [few] : [])]
    const ask = (run: Running, count: number): Promise<Measured> => measure(run, work.path, Math.max(connections, Math.round(count * work.share)), connections)
    for (const run of runs) await measure(run, work.path, warmUp, connections)
    report(work, await inTurns(rounds, runs.map((run) => () => ask(run, requests))))
  }
  end(few, many, ...hand)
}

function report(work: Work, results: readonly Measured[][]): void {
  const [own, hand, again, bare, ten] = results.map((list) => list.map(({ cpu }) => cpu))
  const p99 = results.map((list) => median(list.map((one) => one.p99)))
  const line = [
    work.name.padEnd(24),
    `cuttle ${median(own!).toFixed(0).padStart(5)}`,
    `hand ${median(hand!).toFixed(0).padStart(5)}`,
    `ratio ${ratio(own!, hand!)}`,
    `noise ${ratio(again!, hand!)}`,
    `to bare ${ratio(own!, bare!)}`,
    `p99 ${(p99[0]! / p99[1]!).toFixed(2)}`,
  ]
  if (ten) line.push(`to ten endpoints ${ratio(own!, ten)}`)
  console.log(line.join('  '))
}

function gatewayConfig(upstream: string, more: number): object {
  const backend = (url_pattern: string, rest: object = {}): object => ({ host: [upstream], url_pattern, ...rest })
  const raw = (endpoint: string, url_pattern: string): object => ({ endpoint, output_encoding: 'no-op', backend: [backend(url_pattern)] })
  return {
    timeout: '30s',
    endpoints: [
      ...Array.from({ length: more }, (_, i) => ({ endpoint: `/api/v${i % 3}/resource${i}/{id}/detail`, backend: [backend(`/r${i}/{id}`)] })),
      raw('/pass/1k', '/1k'),
      raw('/pass/100k', '/100k'),
      { endpoint: '/json/1k', backend: [backend('/1k')] },
      { endpoint: '/merge', backend: [backend('/a', { group: 'a' }), backend('/b', { group: 'b', allow: ['id', 'items'] }), backend('/c', { group: 'c' })] },
      { endpoint: '/less/100k', backend: [backend('/100k', { deny: ['internal'] })] },
      ...Array.from({ length: 5 }, (_, i) => raw(`/other/${i}`, '/1k')),
    ],
  }
}

async function startHandWritten(runtime: Runtime, upstream: string, kind: 'Same' | 'Bare'): Promise<Running> {
  const port = await freePort()
  const entry = `import { create${kind} } from ${JSON.stringify(fileURLToPath(new URL('hand-written.ts', import.meta.url)))}
const worker = create${kind}(${JSON.stringify(upstream)})
${runtime === 'deno' ? `Deno.serve({ port: ${port}, hostname: '127.0.0.1', onListen() {} }, worker.fetch)` : 'export default worker'}`
  const bundled = await build({ stdin: { contents: entry, resolveDir: import.meta.dirname }, bundle: true, format: 'esm', minify: true, write: false })
  const code = bundled.outputFiles[0]!.text
  const capnp = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (services = [(name = "w", worker = .w), (name = "internet", network = (allow = ["public", "private"]))],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "w")]);
const w :Workerd.Worker = (modules = [(name = "worker.js", esModule = embed "worker.js")], compatibilityDate = "${COMPATIBILITY_DATE}");`
  return serve(runtime, { 'worker.js': code, 'gateway.js': code, 'config.capnp': capnp }, `hand-${kind}`, port)
}

await benchmark(async () => {
  const upstream = await startUpstream()
  for (const runtime of RUNTIMES) if (!values.runtime || values.runtime.includes(runtime)) await bench(runtime, upstream)
})
