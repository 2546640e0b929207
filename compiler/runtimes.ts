/** Where the runtimes' programs are, and how a gateway is started in them. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import net from 'node:net'
import { UserError } from './diagnostics.ts'

const require = createRequire(import.meta.url)

export type Runtime = 'workerd' | 'deno'
export const RUNTIMES: readonly Runtime[] = ['workerd', 'deno']

/** The version that Cuttle is tested with, for images. */
export const DENO_VERSION = '2.9.5'
export const workerdVersion = (): string => (require('workerd/package.json') as { version: string }).version

export const workerdPath = (): string => (require('workerd') as { default: string }).default

/** Deno from the npm package `deno`, if it is installed beside, or from the PATH. */
export function denoPath(): string {
  for (const from of [import.meta.url, `file://${process.cwd()}/`]) {
    try {
      return (createRequire(from)('deno/install_api.cjs') as { runInstall(): string }).runInstall()
    } catch {
      // Not installed there.
    }
  }
  return 'deno'
}

export interface Started {
  child: ChildProcess
  /** Resolves with the exit code when the process has ended. */
  ended: Promise<number>
}

/** What serves a port: one process or several. */
export interface Processes {
  /** Resolves with the exit code. */
  ended: Promise<number>
  /** Lets open requests finish; called again, it doesn't. */
  stop(): void
}

/** Tells the Deno gateway that other processes listen on its port too. */
export const REUSE_PORT = 'CUTTLE_REUSE_PORT'

/** In a process group of its own: Ctrl-C signals a terminal's whole group, and workerd would drop its open requests at SIGINT. */
export function start(command: string, args: readonly string[], env: { readonly [name: string]: string } = {}, descriptors: readonly number[] = []): Started {
  const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit', ...descriptors], detached: true, env: { ...process.env, ...env } })
  const ended = new Promise<number>((resolve, reject) => {
    child.on('error', (error: NodeJS.ErrnoException) => reject(error.code === 'ENOENT' ? new UserError(`${command} is not installed: npm install --save-dev deno`) : error))
    child.on('exit', (code, signal) => resolve(code ?? (signal === 'SIGTERM' || signal === 'SIGINT' ? 0 : 1)))
  })
  return { child, ended }
}

/** Where one asks for what listens at an address. */
const reachable = (address: string): string => (address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address)

/** Resolves to true once something listens, to false once the process has ended without. */
export async function listens(address: string, port: number, { ended }: Pick<Processes, 'ended'>): Promise<boolean> {
  const host = reachable(address)
  const state = { running: true }
  const end = (): void => void (state.running = false)
  void ended.then(end, end)
  while (state.running) {
    if (await connects(host, port)) return state.running
    await new Promise((resolve) => setTimeout(resolve, 15))
  }
  return false
}

function connects(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, host)
    socket.on('connect', () => resolve(socket.destroy() !== undefined))
    socket.on('error', () => resolve(false))
  })
}

/**
 * True if the port can be had. Asked first, since workerd's own words for a port in use are no help. What waits for the gateway would
 * take a probe that listens on its port for the gateway, so only ports that may need a privilege are probed so.
 */
export async function isFree(address: string, port: number): Promise<boolean> {
  return (await canListen(address, port < 1024 ? port : 0)) && !(await connects(reachable(address), port))
}

function canListen(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = net.createServer()
    server.on('error', () => resolve(false))
    server.listen({ port, host: address, exclusive: true }, () => server.close(() => resolve(true)))
  })
}
