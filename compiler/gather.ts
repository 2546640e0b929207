/** The listeners of a node of several processes: each process has its own, and the node tells of all of them on the port that the configuration names. */
import http from 'node:http'
import net from 'node:net'
import type { Listener } from './plan.ts'
import { addUp, parseSamples } from './prometheus.ts'

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

/** What a process answers at a path; null for one that just dies or starts. */
const ask = async (port: number, path: string): Promise<string | null> => {
  try {
    return await (await fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(PATIENCE_MS) })).text()
  } catch {
    return null
  }
}

/**
 * Prometheus' text of all processes together. Counts never go down: of a process that does not answer the last ones stand, and those of one that
 * was replaced are added to those of its successor. One at a time, since an older answer that came late would look like a new process.
 */
export function createGatherer(ports: readonly number[]): () => Promise<string> {
  const processes = ports.map((port) => ({ port, ended: '', last: '' }))
  const gather = async (): Promise<string> => {
    const texts = await Promise.all(processes.map(({ port }) => ask(port, '/metrics')))
    for (const [i, text] of texts.entries()) {
      const process = processes[i]!
      if (text === null) continue
      if (countsAnew(process.last, text)) process.ended = addUp([process.ended, process.last])
      process.last = text
    }
    return addUp(processes.flatMap(({ ended, last }) => [ended, last]))
  }
  let turn = Promise.resolve('')
  return () => (turn = turn.then(gather, gather))
}

function countsAnew(before: string, now: string): boolean {
  const counts = new Map(parseSamples(now).map(({ name, labels, value }) => [name + labels, value]))
  return parseSamples(before).some(({ name, labels, value }) => value > (counts.get(name + labels) ?? 0))
}

/** Serves a listener's port. Metrics are added up; of statistics, whose percentiles can't be, each process' own are listed. */
export async function startGathering({ address, port }: Listener, ports: readonly number[], metrics: () => Promise<string>): Promise<() => void> {
  const answer = async (path: string, response: http.ServerResponse): Promise<void> => {
    if (path === '/metrics') return void response.setHeader('content-type', 'text/plain; version=0.0.4; charset=utf-8').end(await metrics())
    const texts = await Promise.all(ports.map((own) => ask(own, path)))
    response.setHeader('content-type', 'application/json; charset=utf-8').end(`{"processes":[${texts.filter((text) => text !== null).join(',')}]}`)
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
