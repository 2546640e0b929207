/** Whole gateways beside a hand-written Worker: CPU-µs a request of the process tree, as ratios. `npm run bench -- --help`. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'
import { compile } from '../compiler/compile.ts'
import { emitFolder } from '../compiler/commands/build.ts'
import { COMPATIBILITY_DATE } from '../compiler/emit/workerd.ts'
import { readJson } from '../compiler/load/source.ts'
import { denoPath, listens, type Runtime, RUNTIMES, start, workerdPath } from '../compiler/runtimes.ts'
import { features } from '../features/index.ts'
import { load } from './load.ts'

const { values } = parseArgs({
  options: {
    runtime: { type: 'string', multiple: true },
    rounds: { type: 'string', default: '10' },
    requests: { type: 'string', default: '1000' },
    connections: { type: 'string', default: '8' },
    only: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
})
if (values.help) {
  console.log('npm run bench -- [--runtime workerd|deno] [--rounds 10] [--requests 1000] [--connections 8] [--only WORK]')
  process.exit(0)
}
const rounds = Number(values.rounds)
const requests = Number(values.requests)
const connections = Number(values.connections)
const WARM_UP = 6000
const folder = mkdtempSync(path.join(tmpdir(), 'cuttle-bench-'))
const children: ChildProcess[] = []

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

/** Rounds alternate, so that a slow moment of the machine meets all alike; the hand-written Worker runs twice, so that noise is seen. */
async function bench(runtime: Runtime, upstream: string): Promise<void> {
  const few = await startGateway(runtime, gatewayConfig(upstream, 0), 'ten')
  const many = await startGateway(runtime, gatewayConfig(upstream, 10_000), 'many')
  const hand = [await startHandWritten(runtime, upstream, 'Same'), await startHandWritten(runtime, upstream, 'Same'), await startHandWritten(runtime, upstream, 'Bare')]
  console.log(`\n${runtime}, ${rounds} rounds: CPU-µs a request, and its ratio to the hand-written Worker (median, 95 % interval)`)
  for (const work of WORKS) {
    if (values.only && !work.name.includes(values.only)) continue
    const runs = [work.many ? many : few, hand[0]!, hand[1]!, hand[2]!, ...(work.many ? [few] : [])]
    const costs = runs.map((): number[] => [])
    const p99: number[][] = runs.map(() => [])
    // V8 goes on compiling for thousands of requests; what is measured is what a node does all day.
    for (const run of runs) await measure(run, work, WARM_UP / requests)
    for (let round = 0; round < rounds; round++) {
      for (let k = 0; k < runs.length; k++) {
        const i = (k + round) % runs.length
        const { cpu, latency } = await measure(runs[i]!, work, 1)
        costs[i]!.push(cpu)
        p99[i]!.push(latency)
      }
    }
    report(work, costs, p99)
  }
  for (const { child } of [few, many, ...hand]) child.kill('SIGTERM')
}

function report(work: Work, costs: readonly number[][], p99: readonly number[][]): void {
  const [own, hand, again, bare, ten] = costs
  const ratio = (a: readonly number[], b: readonly number[]): string => interval(a.map((cost, i) => cost / b[i]!))
  const line = [
    work.name.padEnd(24),
    `cuttle ${median(own!).toFixed(0).padStart(5)}`,
    `hand ${median(hand!).toFixed(0).padStart(5)}`,
    `ratio ${ratio(own!, hand!)}`,
    `noise ${ratio(again!, hand!)}`,
    `to bare ${ratio(own!, bare!)}`,
    `p99 ${(median(p99[0]!) / median(p99[1]!)).toFixed(2)}`,
  ]
  if (ten) line.push(`to ten endpoints ${ratio(own!, ten)}`)
  console.log(line.join('  '))
}

const sorted = (list: readonly number[]): number[] => list.toSorted((a, b) => a - b)
const median = (list: readonly number[]): number => (sorted(list)[Math.floor((list.length - 1) / 2)]! + sorted(list)[Math.ceil((list.length - 1) / 2)]!) / 2

/** The median, and the order statistics that hold the true one with 95 % (binomial, no assumption on the spread). */
function interval(list: readonly number[]): string {
  const n = list.length
  const k = Math.max(0, Math.floor((n - 1.96 * Math.sqrt(n)) / 2))
  const order = sorted(list)
  return `${median(list).toFixed(3)} [${order[k]!.toFixed(3)}, ${order[n - 1 - k]!.toFixed(3)}]`
}

interface Running {
  port: number
  child: ChildProcess
}

async function measure({ port, child }: Running, work: Work, factor: number): Promise<{ cpu: number; latency: number }> {
  const count = Math.max(connections, Math.round(requests * work.share * factor))
  const before = cpuOf(child.pid!)
  const { failed, latencies } = await load(port, [work.path], count, connections)
  if (failed) throw new Error(`${work.name}: ${failed} of ${count} requests failed`)
  return { cpu: (cpuOf(child.pid!) - before) / count, latency: latencies[Math.floor(latencies.length * 0.99)]! }
}

/** CPU time of a process, all threads, in µs: /proc has it in nanoseconds. */
function cpuOf(pid: number): number {
  let total = 0
  for (const task of readdirSync(`/proc/${pid}/task`)) total += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0])
  return total / 1000
}

function gatewayConfig(upstream: string, more: number): object {
  const backend = (url_pattern: string, rest: object = {}): object => ({ host: [upstream], url_pattern, ...rest })
  const raw = (endpoint: string, url_pattern: string): object => ({ endpoint, output_encoding: 'no-op', backend: [backend(url_pattern)] })
  return {
    version: 3,
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

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = net.createServer()
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo
      server.close(() => resolve(port))
    })
  })
}

async function startUpstream(): Promise<string> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('upstream.ts', import.meta.url))], { stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  const port = await new Promise<string>((resolve) => child.stdout.once('data', (data: Buffer) => resolve(data.toString().trim())))
  return `http://127.0.0.1:${port}`
}

async function startGateway(runtime: Runtime, config: object, name: string): Promise<Running> {
  const port = await freePort()
  const { plan } = compile(readJson('bench.json', JSON.stringify({ ...config, port })), features)
  return serve(runtime, await emitFolder({ ...plan, listen: { port, address: '127.0.0.1' } }, runtime), name, port)
}

async function startHandWritten(runtime: Runtime, upstream: string, kind: 'Same' | 'Bare'): Promise<Running> {
  const port = await freePort()
  const entry = `import { create${kind} } from ${JSON.stringify(fileURLToPath(new URL('hand-written.ts', import.meta.url)))}
const worker = create${kind}(${JSON.stringify(upstream)})
${runtime === 'deno' ? `Deno.serve({ port: ${port}, hostname: '127.0.0.1', onListen() {} }, worker.fetch)` : 'export default worker'}`
  const bundled = await build({ stdin: { contents: entry, resolveDir: folder }, bundle: true, format: 'esm', minify: true, write: false })
  const code = bundled.outputFiles[0]!.text
  const capnp = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (services = [(name = "w", worker = .w), (name = "internet", network = (allow = ["public", "private"]))],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "w")]);
const w :Workerd.Worker = (modules = [(name = "worker.js", esModule = embed "worker.js")], compatibilityDate = "${COMPATIBILITY_DATE}");`
  return serve(runtime, { 'worker.js': code, 'gateway.js': code, 'config.capnp': capnp }, `hand-${kind}`, port)
}

async function serve(runtime: Runtime, files: { readonly [name: string]: string }, name: string, port: number): Promise<Running> {
  const out = mkdtempSync(path.join(folder, `${runtime}-${name}-`))
  for (const [file, text] of Object.entries(files)) writeFileSync(path.join(out, file), text)
  const started = runtime === 'workerd' ? start(workerdPath(), ['serve', path.join(out, 'config.capnp')]) : start(denoPath(), ['run', '--no-config', '--allow-net', '--allow-env', path.join(out, 'gateway.js')])
  children.push(started.child)
  if (!(await listens('127.0.0.1', port, started))) throw new Error(`${runtime} did not serve ${name}`)
  return { port, child: started.child }
}

try {
  const upstream = await startUpstream()
  for (const runtime of RUNTIMES) if (!values.runtime || values.runtime.includes(runtime)) await bench(runtime, upstream)
} finally {
  for (const child of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
}
