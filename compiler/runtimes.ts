/** Where the runtimes' programs are, and how a gateway is started in them. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import net from 'node:net'
import { UserError } from './diagnostics.ts'

const require = createRequire(import.meta.url)

export type Runtime = 'workerd' | 'deno'
export const RUNTIMES: readonly Runtime[] = ['workerd', 'deno']

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

export function start(command: string, args: readonly string[]): Started {
  const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] })
  const ended = new Promise<number>((resolve, reject) => {
    child.on('error', (error: NodeJS.ErrnoException) => reject(error.code === 'ENOENT' ? new UserError(`${command} is not installed: npm install --save-dev deno`) : error))
    child.on('exit', (code, signal) => resolve(code ?? (signal === 'SIGTERM' || signal === 'SIGINT' ? 0 : 1)))
  })
  return { child, ended }
}

/** Resolves to true once something listens, to false once the process has ended without. */
export async function listens(address: string, port: number, { child, ended }: Started): Promise<boolean> {
  const host = address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address
  const state = { running: true }
  const end = (): void => void (state.running = false)
  void ended.then(end, end)
  while (state.running && child.exitCode === null) {
    if (await connects(host, port)) return child.exitCode === null
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

/** True if the port can be had. Asked first, since workerd's own words for a port in use are no help. */
export function isFree(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = net.createServer()
    server.on('error', () => resolve(false))
    server.listen({ port, host: address, exclusive: true }, () => server.close(() => resolve(true)))
  })
}
