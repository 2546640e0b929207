import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Balancer, hasHaproxy, startBalancer } from '../cluster/balancer.ts'
import { type Cluster, createCluster, MAX_NODES } from '../cluster/cluster.ts'
import { type Load, percentileOf, startLoad } from '../cluster/load.ts'
import { withMetrics } from '../cluster/metrics.ts'
import type { Artifact, Slot } from '../cluster/nodes.ts'
import { parseScript, type Step, STEPS_HELP } from '../cluster/script.ts'
import { drawTable } from '../cluster/table.ts'
import { type Command, CONFIG_HELP, CONFIG_OPTIONS, configFile, EXIT, load, oneOf, portOf, UsageError } from '../command.ts'
import { UserError } from '../diagnostics.ts'
import { healthOf } from '../emit/hosting.ts'
import { emitTlsFiles, tlsEnvironment } from '../emit/tls.ts'
import { isFree, type Runtime, RUNTIMES } from '../runtimes.ts'
import { onSignals } from '../signals.ts'
import { say, style } from '../terminal.ts'
import { readUserFile } from '../user-files.ts'
import { emitFolder, writeFolder } from '../emit/folder.ts'

export const command: Command = {
  summary: 'show a cluster on this machine: nodes of one artifact behind HAProxy',
  usage: '[-c FILE] [--nodes 3] [-p PORT] [--runtime workerd|deno] [--script FILE] [--strict]',
  help: [
    ...CONFIG_HELP,
    `    --nodes N       how many to begin with (default: 3; at most ${MAX_NODES})`,
    "-p, --port PORT     the balancer's, instead of the configuration's",
    '    --runtime R     workerd (default) or deno',
    '    --script FILE   do what stands there, one step a line, and end: with 1 if any request failed',
    '',
    'Keys: a adds a node, k kills the last one, r replaces the first, q ends. Where HAProxy is not installed, the nodes have ports alone.',
    'Steps of a script:',
    ...STEPS_HELP.map((line) => `  ${line}`),
  ],
  options: { ...CONFIG_OPTIONS, nodes: { type: 'string' }, port: { type: 'string', short: 'p' }, runtime: { type: 'string' }, script: { type: 'string' } },
  async run(values) {
    const runtime = oneOf('runtime', values.runtime, RUNTIMES, 'workerd')
    const count = Number(values.nodes ?? 3)
    if (!Number.isInteger(count) || count < 1 || count > MAX_NODES) throw new UsageError(`--nodes: expected a number from 1 to ${MAX_NODES}, found ${JSON.stringify(values.nodes)}`)
    const script = typeof values.script === 'string' ? parseScript(readUserFile(values.script), values.script) : null
    const file = configFile(values)
    const loaded = await load(file, { strict: values.strict === true, target: runtime })
    if (!loaded) return EXIT.refused
    const port = portOf(values.port) ?? loaded.plan.listen.port
    if (!(await isFree('127.0.0.1', port))) throw new UserError(`port ${port} is in use: choose another with -p`)
    const folder = mkdtempSync(path.join(tmpdir(), 'cuttle-cluster-'))
    try {
      const slots = await freeSlots(MAX_NODES, port)
      const installed = hasHaproxy()
      if (!installed) say('HAProxy is not installed: each node has its own port, and there is no common one')
      const balancer = installed ? await startBalancer(folder, port, healthOf(loaded.plan), slots) : null
      if (installed && !balancer) throw new UserError('HAProxy does not start')
      const cluster = createCluster(slots, balancer, folder, (own) => build(file, runtime, own))
      return await use(cluster, count, script, port, balancer, slots)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

async function use(cluster: Cluster, count: number, script: readonly Step[] | null, port: number, balancer: Balancer | null, slots: readonly Slot[]): Promise<number> {
  const signalled = new AbortController()
  const ignore = onSignals(() => signalled.abort())
  try {
    for (let i = 0; i < count; i++) await cluster.add()
    if (balancer) say(`${count} nodes behind ${style('cyan', `http://localhost:${port}`)}`)
    return script ? await follow(script, cluster, balancer ? port : slots[0]!.port, signalled.signal) : await watch(cluster, signalled)
  } finally {
    ignore()
    await cluster.end()
  }
}

/** The artifact of the configuration as it stands now. */
async function build(file: string, runtime: Runtime, folder: string): Promise<Artifact> {
  const loaded = await load(file, { target: runtime })
  if (!loaded) throw new UserError('the new configuration is refused: the nodes stay as they are')
  const plan = withMetrics(loaded.plan)
  writeFolder(folder, { ...(await emitFolder(plan, runtime)), ...(runtime === 'workerd' ? emitTlsFiles(plan, file, true) : {}) })
  return { runtime, folder, listeners: plan.listeners.map(({ name }) => name), env: { ...loaded.secrets, ...(runtime === 'deno' ? tlsEnvironment(plan, file) : {}) } }
}

/** Ports that nobody has, from a range that systems do not give out by themselves. */
async function freeSlots(count: number, beside: number): Promise<Slot[]> {
  const ports: number[] = []
  for (let port = 12_000 + Math.floor(Math.random() * 8000); ports.length < 2 * count; port++) if (port !== beside && (await isFree('127.0.0.1', port))) ports.push(port)
  return Array.from({ length: count }, (_, i) => ({ number: i + 1, port: ports[2 * i]!, metricsPort: ports[2 * i + 1]! }))
}

const REDRAW_MS = 1000

/** Draws the table until `q` or a signal, and does what keys say. */
async function watch(cluster: Cluster, ended: AbortController): Promise<number> {
  const { signal } = ended
  const { stdin, stderr } = process
  let drawn = 0
  const draw = async (): Promise<void> => {
    const table = drawTable(await cluster.rows())
    if (stderr.isTTY && drawn) stderr.write(`\u001B[${drawn}A\u001B[J`)
    say(table)
    drawn = table.split('\n').length
  }
  const onKey = (key: Buffer): void => {
    const text = key.toString()
    if (text === 'q' || text === '\u0003') ended.abort()
    void act(cluster, text).catch((error: unknown) => say(error instanceof Error ? error.message : String(error)))
  }
  if (stdin.isTTY) stdin.setRawMode(true).on('data', onKey).resume()
  while (!signal.aborted) {
    await draw()
    await sleep(stderr.isTTY ? REDRAW_MS : 5 * REDRAW_MS, undefined, { signal }).catch(() => undefined)
  }
  if (stdin.isTTY) stdin.setRawMode(false).pause()
  return EXIT.ok
}

async function act(cluster: Cluster, key: string): Promise<void> {
  const serving = (await cluster.rows()).filter(({ state }) => state === 'serves').map(({ name }) => Number(name.slice(5)))
  if (key === 'a') await cluster.add()
  else if (key === 'k' && serving.length) cluster.kill(serving.at(-1)!)
  else if (key === 'r' && serving.length) await cluster.replace(serving[0]!)
}

/** Goes through a script; 1 if any request failed. */
async function follow(script: readonly Step[], cluster: Cluster, port: number, signal: AbortSignal): Promise<number> {
  let running: Load | null = null
  const loads: Load[] = []
  const rest = async (): Promise<void> => {
    await running?.stop()
    running = null
  }
  for (const step of script) {
    if (signal.aborted) break
    say(style('dim', `> ${Object.values(step).flat().join(' ')}`))
    if (step.do === 'load') {
      await rest()
      loads.push((running = startLoad(port, step.paths, step.connections)))
    } else if (step.do === 'rest') await rest()
    else if (step.do === 'wait') await sleep(step.seconds * 1000, undefined, { signal }).catch(() => undefined)
    else if (step.do === 'add') say(`node ${await cluster.add()} serves`)
    else if (step.do === 'replace') say(`node ${await cluster.replace(step.node)} serves instead`)
    else await cluster[step.do](step.node)
  }
  await rest()
  say(drawTable(await cluster.rows()))
  const answered = loads.reduce((sum, one) => sum + one.answered, 0)
  const failures = loads.flatMap((one) => [...one.failures])
  const failed = loads.reduce((sum, one) => sum + one.failed, 0)
  const latencies = loads.flatMap((one) => one.latencies)
  const milliseconds = (share: number): number => Number(percentileOf(latencies, share)?.toFixed(2))
  process.stdout.write(`${JSON.stringify({ answered, failed, failures: Object.fromEntries(failures), counted: await cluster.total(), p50_ms: milliseconds(0.5), p99_ms: milliseconds(0.99) })}\n`)
  return failed || !answered ? EXIT.refused : EXIT.ok
}
