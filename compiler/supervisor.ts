/** One process a core on one port, each with a socket of its own: the kernel shares the connections out. One that dies is replaced. */
import net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Processes, Started } from './runtimes.ts'
import { say } from './terminal.ts'

/** Starts a process; `socket` is the descriptor of a listening socket, for runtimes that take one. */
export type Launch = (index: number, socket: number) => Started

/** Before the first new start, the second, and so on; one that then dies again ends the node, for whoever watches over it to see. */
const PAUSES_MS = [0, 100, 400, 1600, 6400]
/** One that has run for so long was sound. */
const SOUND_MS = 10_000

export function supervise(count: number, address: string, port: number, launch: Launch): Processes {
  const workers: Started[] = []
  const stopping = new AbortController()
  const keep = async (index: number): Promise<number> => {
    for (let deaths = 0; ; deaths++) {
      const since = Date.now()
      const worker = await withSocket(address, port, (socket) => launch(index, socket))
      workers[index] = worker
      const code = await worker.ended
      if (stopping.signal.aborted) return code
      if (Date.now() - since > SOUND_MS) deaths = 0
      const pause = PAUSES_MS[deaths]
      say(`worker ${index + 1} (pid ${worker.child.pid}) ended with code ${code}: it is ${pause === undefined ? 'given up' : 'replaced'}`)
      if (pause === undefined) return giveUp(code || 1)
      await sleep(pause, undefined, { signal: stopping.signal }).catch(() => undefined)
      if (stopping.signal.aborted) return 0
    }
  }
  const giveUp = (code: number): number => {
    stop()
    return code
  }
  const stop = (): void => {
    for (const { child } of workers) child.kill(stopping.signal.aborted ? 'SIGKILL' : 'SIGTERM')
    stopping.abort()
  }
  // A process that can't be started at all ends the others.
  const kept = (index: number): Promise<number> =>
    keep(index).catch((error: unknown) => {
      say(`worker ${index + 1} can't be started: ${String(error)}`)
      return giveUp(1)
    })
  const ended = Promise.all(Array.from({ length: count }, (_, index) => kept(index))).then((codes) => Math.max(...codes))
  return { ended, stop }
}

/**
 * Lends a listening socket to a child. Node gives no descriptor but that of its own handle; the child has its copy once it is spawned,
 * and until then nothing is accepted here, since both happen in one turn.
 */
function withSocket<T>(host: string, port: number, use: (descriptor: number) => T): Promise<T> {
  return new Promise((resolve, reject) => {
    const server = net.createServer()
    server.on('error', reject)
    server.listen({ host, port, reusePort: true, exclusive: true }, () => {
      const { fd } = (server as unknown as { _handle: { fd: number } })._handle
      try {
        resolve(use(fd))
      } finally {
        server.close()
      }
    })
  })
}
