/** A gateway in its runtime, an upstream that keeps what it is sent, and a client that writes what it likes. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import net, { type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { listens } from '../../compiler/runtimes.ts'
import { freePort } from '../free-port.ts'

export interface Sent {
  method: string
  url: string
  /** Lower-case names, with every value that came under them. */
  headers: Map<string, string[]>
  body: string
}
export interface Attacked {
  /** What the upstream was sent since it was last asked. */
  sent(): Sent[]
  /** Sends bytes as they are, and gives what came back until the other side closed, or nothing more came for a while. */
  write(bytes: string): Promise<string>
  /** The same, with a piece every so often. */
  drip(head: string, pieces: readonly string[], everyMs: number): Promise<{ answer: string; ms: number }>
  stop(): Promise<void>
}
export type Reply = (request: Sent, response: http.ServerResponse) => void

const CLI = path.join(import.meta.dirname, '../../compiler/cli.ts')

export async function attack(runtime: 'workerd' | 'deno', config: (upstream: string) => object, reply: Reply): Promise<Attacked> {
  let seen: Sent[] = []
  const upstream = http.createServer((request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('error', () => undefined)
    request.on('end', () => {
      const sent = { method: request.method!, url: request.url!, headers: headersOf(request.rawHeaders), body: Buffer.concat(pieces).toString() }
      seen.push(sent)
      reply(sent, response)
    })
  })
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
  const port = await freePort()
  const folder = mkdtempSync(path.join(tmpdir(), 'cuttle-attacks-'))
  const file = path.join(folder, 'gateway.json')
  writeFileSync(file, JSON.stringify(config(`http://127.0.0.1:${(upstream.address() as AddressInfo).port}`)))
  const child = spawn(process.execPath, [CLI, 'run', '--runtime', runtime, '-c', file, '-p', String(port)], { stdio: 'ignore' })
  const ended = new Promise<number>((resolve) => child.on('close', (code) => resolve(code ?? 0)))
  if (!(await listens('127.0.0.1', port, { ended }))) {
    await stop(child, ended, upstream, folder)
    throw new Error('the gateway did not start')
  }
  return {
    sent() {
      const all = seen
      seen = []
      return all
    },
    write: (bytes) => exchange(port, (socket) => void socket.write(bytes), 5000),
    async drip(head, pieces, everyMs) {
      const began = performance.now()
      const answer = await exchange(port, (socket) => dripInto(socket, head, pieces, everyMs), 15_000)
      return { answer, ms: performance.now() - began }
    },
    stop: () => stop(child, ended, upstream, folder),
  }
}

function headersOf(raw: readonly string[]): Sent['headers'] {
  const headers: Sent['headers'] = new Map()
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!.toLowerCase()
    headers.set(name, [...(headers.get(name) ?? []), raw[i + 1]!])
  }
  return headers
}

function exchange(port: number, send: (socket: net.Socket) => void, quietMs: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => send(socket))
    let text = ''
    const end = (): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve(text)
    }
    let timer = setTimeout(end, quietMs)
    socket.on('data', (piece: Buffer) => {
      text += piece.toString('latin1')
      // More answers would come at once.
      clearTimeout(timer)
      timer = setTimeout(end, 200)
    })
    socket.on('end', end)
    socket.on('error', end)
  })
}

function dripInto(socket: net.Socket, head: string, pieces: readonly string[], everyMs: number): void {
  socket.write(head)
  let i = 0
  const timer = setInterval(() => {
    if (i < pieces.length && !socket.destroyed) socket.write(pieces[i++]!)
    else clearInterval(timer)
  }, everyMs)
}

async function stop(child: ChildProcess, ended: Promise<number>, upstream: http.Server, folder: string): Promise<void> {
  child.kill('SIGTERM')
  await ended
  upstream.closeAllConnections()
  upstream.close()
  rmSync(folder, { recursive: true, force: true })
}

export const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0)
