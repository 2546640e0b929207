/** The port that `dev` keeps while gateways come and go behind it: miniflare itself drops it whenever it is given new code. */
import http from 'node:http'
import { pipeline } from 'node:stream'
import type { Worker } from './miniflare.ts'

export interface Front {
  /** New requests go to this one from now on; the one before is stopped once its open requests are answered. */
  use(worker: Worker): void
  stop(): Promise<void>
}

interface Target {
  worker: Worker
  agent: http.Agent
  open: number
}

/** Called for each answer. */
export type OnAnswer = (method: string, path: string, status: number, ms: number) => void

/** Listens, and sends everything to `worker`. */
export async function startFront(address: string, port: number, worker: Worker, onAnswer: OnAnswer): Promise<Front> {
  let current = createTarget(worker)
  const retired = new Set<Target>()
  const retire = async (target: Target): Promise<void> => {
    retired.delete(target)
    target.agent.destroy()
    await target.worker.stop()
  }
  const server = http.createServer((request, response) => {
    const target = current
    const start = performance.now()
    target.open++
    response.on('close', () => {
      target.open--
      if (response.headersSent) onAnswer(request.method!, request.url!, response.statusCode, performance.now() - start)
      if (target.open === 0 && retired.has(target)) void retire(target)
    })
    forward(request, response, target)
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, address, resolve))
  return {
    use(next) {
      const before = current
      current = createTarget(next)
      retired.add(before)
      if (before.open === 0) void retire(before)
    },
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await Promise.all([closed, ...[current, ...retired].map(retire)])
    },
  }
}

const createTarget = (worker: Worker): Target => ({ worker, agent: new http.Agent({ keepAlive: true }), open: 0 })

function forward(request: http.IncomingMessage, response: http.ServerResponse, { worker, agent }: Target): void {
  const headers = [...withoutHops(request.rawHeaders), 'CF-Connecting-IP', (request.socket.remoteAddress ?? '').replace(/^::ffff:(?=.*\.)/, '')]
  const { hostname, port } = worker.url
  const inner = http.request({ hostname, port, agent, method: request.method!, path: request.url!, headers })
  inner.on('response', (answer) => {
    response.sendDate = false
    response.writeHead(answer.statusCode!, answer.statusMessage, withoutHops(answer.rawHeaders))
    pipeline(answer, response, () => undefined)
  })
  inner.on('error', () => {
    if (response.headersSent) response.destroy()
    else response.writeHead(502, { 'content-type': 'text/plain' }).end('the gateway does not answer\n')
  })
  response.on('close', () => inner.destroy())
  pipeline(request, inner, () => undefined)
}

/** A connection's own headers, the address that only Cloudflare may tell, and the ones by which miniflare is remote-controlled. */
const HOP = /^(connection|keep-alive|proxy-connection|upgrade|cf-connecting-ip|mf-.*)$/i

function withoutHops(raw: readonly string[]): string[] {
  return raw.filter((_, i) => !HOP.test(raw[i - (i % 2)]!))
}
