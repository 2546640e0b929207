/** The listeners of a node of several processes: each process has its own, and the node tells of all of them on the port that the configuration names. */
import http from 'node:http'
import net from 'node:net'
import type { Listener } from './plan.ts'
import { addUp } from './prometheus.ts'

/** Ports of each process, by listener. */
export type Ports = readonly (readonly number[])[]

export async function choosePorts(processes: number, listeners: readonly Listener[]): Promise<Ports> {
  return Promise.all(Array.from({ length: processes }, () => Promise.all(listeners.map(freePort))))
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo
      server.close(() => resolve(port))
    })
  })
}

const PATIENCE_MS = 2000

/** What the processes answer at a path. One that just dies or starts is passed over. */
async function askAll(ports: readonly number[], path: string): Promise<string[]> {
  const answers = await Promise.allSettled(ports.map(async (port) => (await fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(PATIENCE_MS) })).text()))
  return answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []))
}

/** Prometheus' text of all processes together. */
export const gatherMetrics = async (ports: readonly number[]): Promise<string> => addUp(await askAll(ports, '/metrics'))

/** Serves a listener's port. Metrics are added up; of statistics, whose percentiles can't be, each process' own are listed. */
export async function startGathering({ address, port }: Listener, ports: readonly number[]): Promise<() => void> {
  const answer = async (path: string, response: http.ServerResponse): Promise<void> => {
    if (path === '/metrics') response.setHeader('content-type', 'text/plain; version=0.0.4; charset=utf-8').end(await gatherMetrics(ports))
    else response.setHeader('content-type', 'application/json; charset=utf-8').end(`{"processes":[${(await askAll(ports, path)).join(',')}]}`)
  }
  const server = http.createServer((request, response) => {
    answer(request.url?.split('?')[0] ?? '', response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, address, resolve))
  return () => {
    server.close()
    server.closeAllConnections()
  }
}
