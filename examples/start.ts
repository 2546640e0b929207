/** `npm start`: config/gateway.json served by workerd, and beside it the shop's services in a workerd of their own. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Command, EXIT, load, parse, portOf, UsageError } from '../compiler/command.ts'
import { emitFolder, writeFolder } from '../compiler/emit/folder.ts'
import { UserError } from '../compiler/diagnostics.ts'
import type { Plan } from '../compiler/plan.ts'
import { isFree, listens, start, type Started, workerdPath } from '../compiler/runtimes.ts'
import { say, style } from '../compiler/terminal.ts'
import { buildServices, FIRST_PORT, SERVICES } from './services.ts'
import { describeTour } from './tour.ts'

const CONFIG = path.relative(process.cwd(), fileURLToPath(new URL('../config/gateway.json', import.meta.url)))
const LOOPBACK = '127.0.0.1'

const command: Command = {
  summary: 'serve the sample shop and its services',
  usage: '[-p PORT] [--services PORT]',
  help: ['-p, --port PORT       the gateway, instead of its configuration\'s port', `    --services PORT   the first of ${SERVICES.length} ports for the services, instead of ${FIRST_PORT}`],
  options: { port: { type: 'string', short: 'p' }, services: { type: 'string' } },
  async run(values) {
    const firstPort = portOf(values.services) ?? FIRST_PORT
    const folder = mkdtempSync(path.join(tmpdir(), 'cuttle-shop-'))
    try {
      const loaded = await load(firstPort === FIRST_PORT ? CONFIG : writeMoved(folder, firstPort))
      if (!loaded) return EXIT.refused
      const port = portOf(values.port) ?? loaded.plan.listen.port
      return await serveShop({ ...loaded.plan, listen: { ...loaded.plan.listen, port } }, firstPort, folder)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

/** The configuration with its services on other ports. */
function writeMoved(folder: string, firstPort: number): string {
  const file = path.join(folder, 'gateway.json')
  const text = readFileSync(CONFIG, 'utf8')
  const moved = text.replace(/"http:\/\/localhost:(\d+)"/g, (_, port: string) => `"http://localhost:${Number(port) - FIRST_PORT + firstPort}"`)
  writeFileSync(file, moved)
  return file
}

async function serveShop(plan: Plan, firstPort: number, folder: string): Promise<number> {
  await checkPorts(plan, firstPort)
  const [gatewayFolder, servicesFolder] = [path.join(folder, 'gateway'), path.join(folder, 'services')]
  writeFolder(gatewayFolder, await emitFolder(plan, 'workerd'))
  mkdirSync(servicesFolder)
  writeFileSync(path.join(servicesFolder, 'config.capnp'), await buildServices(servicesFolder, firstPort))
  const gateway = start(workerdPath(), ['serve', path.join(gatewayFolder, 'config.capnp')])
  const services = start(workerdPath(), ['serve', path.join(servicesFolder, 'config.capnp')])
  return runUntilEnd(gateway, services, async () => {
    const ready = await Promise.all([listens(plan.listen.address, plan.listen.port, gateway), ...SERVICES.map((_, i) => listens(LOOPBACK, firstPort + i, services))])
    if (ready.every(Boolean)) announce(plan, firstPort)
  })
}

/** A port in use is told by its number and by what it is for. */
async function checkPorts({ listen }: Plan, firstPort: number): Promise<void> {
  for (const [i, name] of SERVICES.entries()) {
    const port = firstPort + i
    if (port > 65535) throw new UsageError(`--services: expected a port that leaves room for ${SERVICES.length}, found ${firstPort}`)
    if (port === listen.port) throw new UserError(`port ${port} is the ${name} service's: choose another for the gateway with npm start -- -p PORT`)
    if (!(await isFree(LOOPBACK, port))) throw new UserError(`port ${port} is in use, and the ${name} service needs it: move the services with npm start -- --services PORT`)
  }
  if (!(await isFree(listen.address, listen.port))) throw new UserError(`port ${listen.port} is in use, or may not be used: choose another for the gateway with npm start -- -p PORT`)
}

/** The first signal lets the gateway finish open requests, the second ends all at once. Whichever process ends first ends the other. */
async function runUntilEnd(gateway: Started, services: Started, whenStarted: () => Promise<void>): Promise<number> {
  let signals = 0
  const onSignal = (): void => {
    if (++signals === 1) gateway.child.kill('SIGTERM')
    else for (const { child } of [gateway, services]) child.kill('SIGKILL')
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, onSignal)
  whenShellEnds(onSignal)
  await whenStarted()
  await Promise.race([gateway.ended, services.ended])
  gateway.child.kill('SIGTERM')
  // Nobody is left to read what the services still work on. workerd waits for that at SIGTERM, but not at SIGINT.
  services.child.kill('SIGINT')
  const codes = await Promise.all([gateway.ended, services.ended])
  return signals ? EXIT.ok : (codes.find((code) => code !== 0) ?? EXIT.ok)
}

/** npm signals the shell that it starts this in, and the shell ends without a word to its child. */
function whenShellEnds(end: () => void): void {
  if (process.env.npm_lifecycle_event === undefined) return
  const shell = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === shell) return
    clearInterval(timer)
    end()
  }, 200)
  timer.unref()
}

function announce({ listen }: Plan, firstPort: number): void {
  const origin = `http://localhost:${listen.port}`
  say(`${style('bold', 'Shop')} on ${style('cyan', origin)} (workerd), compiled from ${CONFIG}; its services on ports ${firstPort} to ${firstPort + SERVICES.length - 1}\n`)
  say(describeTour(origin))
  say('\nCtrl-C ends it.')
}

try {
  const { values } = parse(command, process.argv.slice(2))
  if (values.help) process.stdout.write(`${command.summary}\n\nusage: npm start -- ${command.usage}\n\n${command.help.map((line) => `  ${line}`).join('\n')}\n`)
  else process.exitCode = await command.run(values, [])
} catch (error) {
  const ours = !(error instanceof UserError)
  say(`${style(['red', 'bold'], 'error')}: ${ours ? ((error as Error).stack ?? String(error)) : error.message}`)
  process.exitCode = error instanceof UsageError ? EXIT.usage : EXIT.refused
}
