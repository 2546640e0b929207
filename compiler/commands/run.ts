import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import path from 'node:path'
import { startAdmin } from '../admin.ts'
import { type Command, CONFIG_HELP, CONFIG_OPTIONS, configFile, EXIT, load, type Loaded, oneOf, portOf, UsageError } from '../command.ts'
import { METRICS } from '../cluster/nodes.ts'
import { portName, STARTED_AT } from '../emit/workerd.ts'
import { downloadEarly } from '../early.ts'
import { choosePorts, createGatherer, startGathering } from '../gather.ts'
import { emitTlsFiles, tlsEnvironment } from '../emit/tls.ts'
import { UserError } from '../diagnostics.ts'
import type { Plan } from '../plan.ts'
import { collide } from '../ports.ts'
import { denoPath, isFree, listens, type Processes, REUSE_PORT, type Runtime, RUNTIMES, start, type Started, workerdPath } from '../runtimes.ts'
import { onSignals } from '../signals.ts'
import { supervise } from '../supervisor.ts'
import { countEndpoints, ownEndpoints, say, style } from '../terminal.ts'
import { emitFolder, writeFolder } from '../emit/folder.ts'

export const command: Command = {
  summary: 'serve a configuration in the foreground',
  usage: '[-c FILE] [-p PORT] [--runtime workerd|deno] [--workers N] [--admin PORT] [--drain SECONDS] [--strict]',
  help: [
    ...CONFIG_HELP,
    "-p, --port PORT     instead of the configuration's port",
    '    --runtime R     workerd (default) or deno',
    '    --workers N     so many processes on the port, or `auto` for one a core; one that dies is replaced',
    '    --admin PORT    serve /live, /ready and /metrics there, on HOST:PORT or on 127.0.0.1',
    '    --drain SECONDS after the signal to stop, /ready fails for so long before the port closes',
    '',
    'SIGTERM and SIGINT finish open requests first; a second one ends at once.',
  ],
  options: { ...CONFIG_OPTIONS, port: { type: 'string', short: 'p' }, runtime: { type: 'string' }, workers: { type: 'string' }, admin: { type: 'string' }, drain: { type: 'string' } },
  async run(values) {
    const runtime = oneOf('runtime', values.runtime, RUNTIMES, 'workerd')
    const port = portOf(values.port)
    const node: NodeOptions = { workers: workersOf(values.workers), admin: adminOf(values.admin), drainMs: secondsOf('drain', values.drain) * 1000 }
    const file = configFile(values)
    const loaded = await load(file, { strict: values.strict === true, target: runtime })
    if (!loaded) return EXIT.refused
    const plan: Plan = port === undefined ? loaded.plan : { ...loaded.plan, listen: { ...loaded.plan.listen, port } }
    return serve(plan, runtime, file, loaded.secrets, node)
  },
}

export interface NodeOptions {
  /** null: one process, which ends the command when it ends. */
  workers: number | null
  admin: { address: string; port: number } | null
  drainMs: number
}
const ALONE: NodeOptions = { workers: null, admin: null, drainMs: 0 }

function workersOf(value: string | boolean | undefined): number | null {
  if (value === undefined) return null
  const count = value === 'auto' ? availableParallelism() : Number(value)
  if (!Number.isInteger(count) || count < 1 || count > 256) throw new UsageError(`--workers: expected a number from 1 to 256, or auto; found ${JSON.stringify(value)}`)
  return count
}

function adminOf(value: string | boolean | undefined): NodeOptions['admin'] {
  if (value === undefined) return null
  const [, address = '127.0.0.1', port] = /^(?:(.+):)?(\d+)$/.exec(String(value)) ?? []
  return { address, port: portOf(port ?? value)! }
}

function secondsOf(option: string, value: string | boolean | undefined): number {
  const seconds = Number(value ?? 0)
  if (!(seconds >= 0 && seconds <= 3600)) throw new UsageError(`--${option}: expected seconds from 0 to 3600, found ${JSON.stringify(value)}`)
  return seconds
}

/** Serves a plan until a signal or the runtime's own end. Gives the exit code. */
export async function serve(plan: Plan, runtime: Runtime, file: string, secrets: Loaded['secrets'], node: NodeOptions = ALONE): Promise<number> {
  // Each process would have counters of its own.
  if ((node.workers ?? 1) > 1 && plan.bindings.limits.objects) throw new UserError('accuracy "global" counts in one process here: run it with --workers 1, or let the limits say "isolate"')
  if ((node.workers ?? 1) > 1 && Number.parseInt(process.versions.node, 10) < 24) throw new UserError(`several processes on one port need Node 24 or newer, and this is ${process.versions.node}`)
  const { address, port } = plan.listen
  await refuseTaken(plan, node)
  const folder = mkdtempSync(path.join(tmpdir(), 'cuttle-'))
  let serving = false
  let stopping = false
  const ports = await choosePorts(node.workers ?? 0, plan.listeners)
  const metrics = plan.listeners.findIndex(({ name }) => name === METRICS)
  const gatherers = plan.listeners.map(({ port: own }, i) => createGatherer(node.workers === null ? [own] : ports.map((all) => all[i]!)))
  const tellMetrics = (): Promise<string> | null => gatherers[metrics]?.() ?? null
  const admin = node.admin && (await startAdmin(node.admin.address, node.admin.port, { ready: () => serving && !stopping, metrics: tellMetrics }))
  const gathering = node.workers === null ? [] : await Promise.all(plan.listeners.map((listener, i) => startGathering(listener, ports.map((own) => own[i]!), gatherers[i]!)))
  try {
    writeFolder(folder, { ...(await emitFolder(plan, runtime)), ...(runtime === 'workerd' ? emitTlsFiles(plan, file, true) : {}) })
    const handed = { ...secrets, ...(runtime === 'workerd' && (await downloadEarly(plan))) }
    const startWorker = (index: number, socket: number): Started => startIn(runtime, folder, plan, file, handed, { socket, listeners: plan.listeners.map(({ name }, i) => [name, `127.0.0.1:${ports[index]![i]}`]) })
    const processes = node.workers === null ? alone(startIn(runtime, folder, plan, file, handed)) : supervise(node.workers, address, port, startWorker)
    const ignore = onSignals(() => {
      if (!stopping && node.drainMs) setTimeout(() => processes.stop(), node.drainMs).unref()
      else processes.stop()
      stopping = true
    })
    serving = await listens(address, port, processes)
    if (serving) announce(plan, runtime, file)
    const code = await processes.ended
    ignore()
    return code
  } finally {
    await admin?.stop()
    for (const stop of gathering) stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Before anything starts, since a runtime that finds a port taken just ends. */
async function refuseTaken({ listen, listeners }: Plan, { admin }: NodeOptions): Promise<void> {
  const wanted = [{ ...listen, what: 'the gateway', way: 'choose another with -p' }, ...(admin ? [{ ...admin, what: '--admin', way: 'choose another with --admin' }] : []), ...listeners.map((one) => ({ ...one, what: one.name, way: `the configuration wants its ${one.name} there` }))]
  for (const [i, { way, ...one }] of wanted.entries()) {
    const other = wanted.slice(0, i).find((before) => collide(one, before))
    if (other) throw new UserError(`port ${one.port} is ${other.what}'s: ${way}`)
  }
  for (const { address, port, way } of wanted) if (!(await isFree(address, port))) throw new UserError(`port ${port} is in use, or may not be used: ${way}`)
}

function alone({ child, ended }: Started): Processes {
  let stopping = false
  const stop = (): void => {
    child.kill(stopping ? 'SIGKILL' : 'SIGTERM')
    stopping = true
  }
  return { ended, stop }
}

/** What one process of several is given: a listening socket, and addresses of its own for its listeners. */
interface Lent {
  socket: number
  listeners: readonly (readonly [name: string, address: string])[]
}

function startIn(runtime: Runtime, folder: string, plan: Plan, file: string, secrets: Loaded['secrets'], lent?: Lent): Started {
  const { listeners = [] } = lent ?? {}
  if (runtime === 'workerd') {
    const moved = listeners.flatMap(([name, at]) => ['-s', `${name}=${at}`])
    return start(workerdPath(), ['serve', path.join(folder, 'config.capnp'), ...(lent ? ['-S', 'http=3'] : []), ...moved], { ...secrets, [STARTED_AT]: String(Date.now()) }, lent ? [lent.socket] : [])
  }
  const moved = Object.fromEntries(listeners.map(([name, at]) => [portName(name), at]))
  // Deno takes no socket, but shares the port by itself.
  const env = { ...secrets, ...tlsEnvironment(plan, file), ...moved, PORT: String(plan.listen.port), ...(lent && { [REUSE_PORT]: '1' }) }
  return start(denoPath(), ['run', ...(lent ? ['--unstable-net'] : []), '--no-config', '--no-prompt', '--allow-net', '--allow-env', path.join(folder, 'gateway.js')], env)
}

const SHOWN = 20

export function announce(plan: Plan, runtime: string, file: string): void {
  const origin = `http://${plan.listen.address === '0.0.0.0' ? 'localhost' : plan.listen.address}:${plan.listen.port}`
  const own = ownEndpoints(plan)
  say(`${style('bold', plan.name || file)}: ${countEndpoints(plan)} on ${style('cyan', origin)} (${runtime})`)
  for (const { method, written } of own.slice(0, SHOWN)) say(`  ${method.padEnd(6)} ${origin}${written!.replace(/\{[^}]*\}/g, '1')}`)
  if (own.length > SHOWN) say(`  … and ${own.length - SHOWN} more: cuttle plan -c ${file}`)
}
