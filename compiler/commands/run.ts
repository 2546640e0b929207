import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type Command, CONFIG_HELP, CONFIG_OPTIONS, configFile, EXIT, load, oneOf, portOf } from '../command.ts'
import { STARTED_AT } from '../emit/workerd.ts'
import { emitTlsFiles, tlsEnvironment } from '../emit/tls.ts'
import { UserError } from '../diagnostics.ts'
import type { Plan } from '../plan.ts'
import { denoPath, isFree, listens, type Runtime, RUNTIMES, start, type Started, workerdPath } from '../runtimes.ts'
import { say, style } from '../terminal.ts'
import { emitFolder, writeFolder } from './build.ts'

export const command: Command = {
  summary: 'serve a configuration in the foreground',
  usage: '[-c FILE] [-p PORT] [--runtime workerd|deno] [--strict]',
  help: [...CONFIG_HELP, '-p, --port PORT     instead of the configuration\'s port', '    --runtime R     workerd (default) or deno', '', 'SIGTERM and SIGINT finish open requests first; a second one ends at once.'],
  options: { ...CONFIG_OPTIONS, port: { type: 'string', short: 'p' }, runtime: { type: 'string' } },
  async run(values) {
    const runtime = oneOf('runtime', values.runtime, RUNTIMES, 'workerd')
    const port = portOf(values.port)
    const file = configFile(values)
    const loaded = load(file, { strict: values.strict === true })
    if (!loaded) return EXIT.refused
    const plan: Plan = port === undefined ? loaded.plan : { ...loaded.plan, listen: { ...loaded.plan.listen, port } }
    return serve(plan, runtime, file)
  },
}

/** Serves a plan until a signal or the runtime's own end. Gives the exit code. */
export async function serve(plan: Plan, runtime: Runtime, file: string): Promise<number> {
  const { address, port } = plan.listen
  if (!(await isFree(address, port))) throw new UserError(`port ${port} is in use, or may not be used: choose another with -p`)
  const folder = mkdtempSync(path.join(tmpdir(), 'cuttle-'))
  try {
    writeFolder(folder, { ...(await emitFolder(plan, runtime)), ...(runtime === 'workerd' ? emitTlsFiles(plan, file, true) : {}) })
    const started = startIn(runtime, folder, plan, file)
    const stop = passSignals(started)
    if (await listens(address, port, started)) announce(plan, runtime, file)
    const code = await started.ended
    stop()
    return code
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function startIn(runtime: Runtime, folder: string, plan: Plan, file: string): Started {
  if (runtime === 'workerd') return start(workerdPath(), ['serve', path.join(folder, 'config.capnp')], { [STARTED_AT]: String(Date.now()) })
  const env = { ...tlsEnvironment(plan, file), PORT: String(plan.listen.port) }
  return start(denoPath(), ['run', '--no-config', '--no-prompt', '--allow-net', '--allow-env', path.join(folder, 'gateway.js')], env)
}

/** The first signal lets open requests finish, the second doesn't. */
function passSignals({ child }: Started): () => void {
  let stopping = false
  const onSignal = (): void => {
    child.kill(stopping ? 'SIGKILL' : 'SIGTERM')
    stopping = true
  }
  const signals = ['SIGTERM', 'SIGINT'] as const
  for (const signal of signals) process.on(signal, onSignal)
  return () => {
    for (const signal of signals) process.off(signal, onSignal)
  }
}

const SHOWN = 20

export function announce(plan: Plan, runtime: string, file: string): void {
  const origin = `http://${plan.listen.address === '0.0.0.0' ? 'localhost' : plan.listen.address}:${plan.listen.port}`
  const own = plan.endpoints.filter(({ written }) => written !== null)
  say(`${style('bold', plan.name || file)}: ${own.length} endpoint${own.length === 1 ? '' : 's'} on ${style('cyan', origin)} (${runtime})`)
  for (const { method, written } of own.slice(0, SHOWN)) say(`  ${method.padEnd(6)} ${origin}${written!.replace(/\{[^}]*\}/g, '1')}`)
  if (own.length > SHOWN) say(`  … and ${own.length - SHOWN} more: cuttle plan -c ${file}`)
}
