import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { parseEnv } from 'node:util'
import { type Command, CONFIG_HELP, CONFIG_OPTIONS, configFile, EXIT, inspect, portOf } from '../command.ts'
import { UserError } from '../diagnostics.ts'
import { bundle } from '../emit/bundle.ts'
import { emitModule } from '../emit/module.ts'
import { ownMain } from '../emit/own-main.ts'
import { type Front, startFront } from '../front.ts'
import { type Block, blockOf, NAMES, projectOf, readWrangler } from '../load/wrangler.ts'
import { startWorker, type Worker, type WorkerEnv } from '../miniflare.ts'
import type { Plan } from '../plan.ts'
import { isFree } from '../runtimes.ts'
import { onSignals } from '../signals.ts'
import { countEndpoints, say, style } from '../terminal.ts'
import { watchFiles } from '../watch.ts'
import { chosenEnv, OUT, writeForWrangler } from './deploy.ts'
import { announce } from './run.ts'

export const command: Command = {
  summary: 'serve a configuration as Cloudflare does, and again after each change',
  usage: '[-c FILE] [-p PORT] [-e ENV] [--strict]',
  help: [
    ...CONFIG_HELP,
    '-p, --port PORT     instead of the configuration\'s port',
    '-e, --env ENV       the environment of your wrangler.toml whose vars and services count (default: its top level)',
    '',
    'The port stays open over changes, and a configuration with errors leaves the last good one in place.',
    'Addresses and secrets come from the environment, .dev.vars and wrangler.toml, in this order.',
  ],
  options: { ...CONFIG_OPTIONS, port: { type: 'string', short: 'p' }, env: { type: 'string', short: 'e' } },
  async run(values) {
    const options: Options = { file: configFile(values), read: new Set(), strict: values.strict === true, port: portOf(values.port), env: values.env as string | undefined }
    const ended = signalled()
    const first = await prepare(options)
    if (!first) return EXIT.refused
    const { address, port } = listenOf(first.plan, options)
    if (!(await isFree(address, port))) throw new UserError(`port ${port} is in use, or may not be used: choose another with -p`)
    const front = await startFront(address, port, await start(first), logAnswer)
    const stopWatching = watchFiles(() => watchedFiles(options), () => reload(front, first.plan, options))
    announce({ ...first.plan, listen: { address, port } }, 'miniflare', options.file)
    noteOwnMain(first)
    await ended
    await stopWatching()
    await front.stop()
    return EXIT.ok
  },
}

interface Options {
  file: string
  /** What the configuration is made of. */
  read: ReadonlySet<string>
  strict: boolean
  port: number | undefined
  env: string | undefined
}

const listenOf = ({ listen }: Plan, { port }: Options): Plan['listen'] => ({ address: listen.address, port: port ?? listen.port })

interface Prepared {
  plan: Plan
  env: WorkerEnv
  /** The Worker's main module, if it is the user's own. */
  main: string | null
}

/** Reads the files, and writes what wrangler would deploy. null: refused, and shown why. */
async function prepare(options: Options): Promise<Prepared | null> {
  const { file, strict, env } = options
  const { loaded, files } = await inspect(file, { strict, target: 'cloudflare' })
  // Of a refused one the mistake may be in a file that the last good one does not have.
  options.read = loaded ? files : new Set([...options.read, ...files])
  if (!loaded) return null
  const { plan } = loaded
  const project = projectOf(file)
  const wrangler = readWrangler(project)
  const name = chosenEnv(env, wrangler)
  await writeForWrangler(loaded, wrangler, path.join(project, OUT))
  const top = wrangler?.value ?? {}
  const block = name === null ? top : blockOf(blockOf(top.env)[name])
  return { plan, env: { ...loaded.secrets, ...workerEnv(plan, block, name, project) }, main: ownMain(top, name, OUT) }
}

/** A gateway that answers. */
async function start({ plan, env }: Prepared): Promise<Worker> {
  const { code } = await bundle(emitModule(plan, 'cloudflare'))
  return startWorker({ code, env, limits: plan.bindings.limits, queues: plan.bindings.queues, handlesSignals: true, onLog: logLine })
}

function noteOwnMain({ main }: Prepared): void {
  if (main !== null) say(style('dim', `  the gateway alone: \`wrangler dev\` serves what ${main} adds`))
}

/** What is bound here: texts of the environment, .dev.vars and wrangler's vars, and Workers that run beside. */
function workerEnv({ bindings }: Plan, block: Block, env: string | null, project: string): WorkerEnv {
  const services = Array.isArray(block.services) ? (block.services as unknown[]).map(blockOf) : []
  const workers = services.map(({ binding, service, entrypoint }) => [String(binding), { worker: String(service), entrypoint: typeof entrypoint === 'string' ? entrypoint : undefined }] as const)
  const texts = Object.entries(blockOf(block.vars)).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)] as const)
  const own = [...bindings.services, ...bindings.secrets, ...bindings.environment].flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]] as const]))
  const bound: WorkerEnv = { ...Object.fromEntries([...texts, ...workers]), ...readDevVars(env, project), ...Object.fromEntries(own) }
  for (const name of bindings.services) {
    if (bound[name] === undefined) say(`${style(['yellow', 'bold'], 'warning')}: service://${name}: nothing is bound to ${name} here: set ${name}=http://… in the environment or in .dev.vars`)
  }
  return bound
}

/** As wrangler reads them: one file, the environment's own before the common one. */
function readDevVars(env: string | null, project: string): { [name: string]: string } {
  const file = [...(env === null ? [] : [`.dev.vars.${env}`]), '.dev.vars'].map((name) => path.join(project, name)).find((name) => existsSync(name))
  return file ? (parseEnv(readFileSync(file, 'utf8')) as { [name: string]: string }) : {}
}

/** A second signal ends the process at once. */
const signalled = (): Promise<void> =>
  new Promise((resolve) => {
    const ignore = onSignals(() => {
      ignore()
      resolve()
    })
  })

function watchedFiles({ file, read, env }: Options): string[] {
  const beside = [...NAMES, '.dev.vars', ...(env ? [`.dev.vars.${env}`] : [])]
  return [...new Set([file, ...read, ...beside.map((name) => path.join(path.dirname(file), name)), ...beside])]
}

async function reload(front: Front, first: Plan, options: Options): Promise<void> {
  const began = performance.now()
  try {
    const next = await prepare(options)
    if (!next) return say(style('dim', 'the last good one keeps answering'))
    front.use(await start(next))
    say(`${style('green', 'reloaded')} in ${Math.round(performance.now() - began)} ms: ${countEndpoints(next.plan)}`)
    const { address, port } = listenOf(next.plan, options)
    const before = listenOf(first, options)
    if (port !== before.port || address !== before.address) say(`  still on port ${before.port}: ${address}:${port} counts from the next start`)
  } catch (error) {
    say(`${style(['red', 'bold'], 'error')}: ${error instanceof UserError ? error.message : ((error as Error).stack ?? String(error))}`)
    say(style('dim', 'the last good one keeps answering'))
  }
}

function logAnswer(method: string, path: string, status: number, ms: number): void {
  const color = status < 400 ? 'green' : status < 500 ? 'yellow' : 'red'
  say(`${style(color, String(status))} ${method} ${path} ${style('dim', `${Math.round(ms)} ms`)}`)
}

const logLine = (level: string, message: string): void => say(level === 'error' || level === 'warn' ? style('yellow', message) : message)
