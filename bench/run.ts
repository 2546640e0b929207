/** What the benches share: gateways as processes, and what they cost. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { emitFolder } from '../compiler/emit/folder.ts'
import { compile } from '../compiler/compile.ts'
import { readJson } from '../compiler/load/source.ts'
import type { Plan } from '../compiler/plan.ts'
import { denoPath, listens, type Runtime, start, workerdPath } from '../compiler/runtimes.ts'
import { features } from '../features/index.ts'
import { load } from './load.ts'

export interface Running {
  port: number
  child: ChildProcess
}

/** V8 goes on compiling for so many requests, Deno's fetch longest; what is measured is what a node does all day. */
export const WARM_UP: Readonly<Record<Runtime, number>> = { workerd: 20_000, deno: 40_000 }

const folder = mkdtempSync(path.join(tmpdir(), 'cuttle-bench-'))
const children: ChildProcess[] = []

/** Runs a bench; ends all that it started. */
export async function benchmark(work: () => Promise<void>): Promise<void> {
  const clear = (): void => {
    for (const child of children) child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
  process.once('SIGTERM', () => {
    clear()
    process.exit(143)
  })
  try {
    await work()
  } finally {
    clear()
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = net.createServer()
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo
      server.close(() => resolve(port))
    })
  })
}

/** Gives the upstream's address. */
export async function startUpstream(): Promise<string> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('upstream.ts', import.meta.url))], { stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  const port = await new Promise<string>((resolve) => child.stdout.once('data', (data: Buffer) => resolve(data.toString().trim())))
  return `http://127.0.0.1:${port}`
}

export async function startGateway(runtime: Runtime, config: object, name: string): Promise<Running> {
  const port = await freePort()
  const { plan } = compile(readJson('bench.json', JSON.stringify({ version: 3, ...config, port })), features)
  return serve(runtime, await emitFolder(await onFreePorts(plan, port), runtime), name, port)
}

async function onFreePorts(plan: Plan, port: number): Promise<Plan> {
  const address = '127.0.0.1'
  const listeners = await Promise.all(plan.listeners.map(async (listener) => ({ ...listener, address, port: await freePort() })))
  return { ...plan, listen: { port, address }, listeners }
}

export async function serve(runtime: Runtime, files: { readonly [name: string]: string }, name: string, port: number): Promise<Running> {
  const out = mkdtempSync(path.join(folder, `${runtime}-${name}-`))
  for (const [file, text] of Object.entries(files)) writeFileSync(path.join(out, file), text)
  const started = runtime === 'workerd' ? start(workerdPath(), ['serve', path.join(out, 'config.capnp')]) : start(denoPath(), ['run', '--no-config', '--allow-net', '--allow-env', path.join(out, 'gateway.js')])
  children.push(started.child)
  if (!(await listens('127.0.0.1', port, started))) throw new Error(`${runtime} did not serve ${name}`)
  return { port, child: started.child }
}

export const end = (...running: readonly Running[]): void => {
  for (const { child } of running) child.kill('SIGTERM')
}

/** CPU time of a process, all threads, in µs: /proc has it in nanoseconds. */
export function cpuOf({ child: { pid } }: Running): number {
  let total = 0
  for (const task of readdirSync(`/proc/${pid}/task`)) total += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0])
  return total / 1000
}

export interface Measured {
  /** µs of CPU a request. */
  cpu: number
  /** The 99th percentile, in milliseconds. */
  p99: number
}

export async function measure(running: Running, target: string, count: number, connections: number, fields?: () => string): Promise<Measured> {
  const before = cpuOf(running)
  const { failed, latencies } = await load(running.port, [target], count, connections, fields)
  if (failed) throw new Error(`${target}: ${failed} of ${count} requests failed`)
  return { cpu: (cpuOf(running) - before) / count, p99: latencies[Math.floor(latencies.length * 0.99)]! }
}

const sorted = (list: readonly number[]): number[] => list.toSorted((a, b) => a - b)
export const median = (list: readonly number[]): number => (sorted(list)[Math.floor((list.length - 1) / 2)]! + sorted(list)[Math.ceil((list.length - 1) / 2)]!) / 2

/** The median of pairs' ratios, and the order statistics that hold the true one with 95 % (binomial, no assumption on the spread). */
export function ratio(costs: readonly number[], to: readonly number[]): string {
  const list = costs.map((cost, i) => cost / to[i]!)
  const n = list.length
  const k = Math.max(0, Math.floor((n - 1.96 * Math.sqrt(n)) / 2))
  const order = sorted(list)
  return `${median(list).toFixed(3)} [${order[k]!.toFixed(3)}, ${order[n - 1 - k]!.toFixed(3)}]`
}

/** Costs by run and round. The runs take turns, and begin with another each round, so that a slow moment of the machine meets all alike. */
export async function inTurns<T>(rounds: number, works: readonly (() => Promise<T>)[]): Promise<T[][]> {
  const results = works.map((): T[] => [])
  for (let round = 0; round < rounds; round++) {
    for (let k = 0; k < works.length; k++) {
      const i = (k + round) % works.length
      results[i]!.push(await works[i]!())
    }
  }
  return results
}
