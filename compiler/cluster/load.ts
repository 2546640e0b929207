/** Asks again and again over kept connections, and counts what came of it. */
import http from 'node:http'

export interface Load {
  answered: number
  /** Without an answer, or with one of 500 and above. */
  failed: number
  /** How often each failure came. */
  failures: Map<string, number>
  /** Milliseconds of the last answers. */
  latencies: number[]
  /** Resolves when the last request is answered. */
  stop(): Promise<void>
}

const KEPT = 20_000

/** `paths` are asked in turn, over so many connections. */
export function startLoad(port: number, paths: readonly string[], connections: number): Load {
  const agent = new http.Agent({ keepAlive: true, maxSockets: connections })
  let running = true
  let turn = 0
  const load: Load = {
    answered: 0,
    failed: 0,
    failures: new Map(),
    latencies: [],
    async stop() {
      running = false
      await done
      agent.destroy()
    },
  }
  const fail = (reason: string): void => {
    load.failed++
    load.failures.set(reason, (load.failures.get(reason) ?? 0) + 1)
  }
  const worker = async (): Promise<void> => {
    while (running) {
      const start = performance.now()
      const status = await ask(agent, port, paths[turn++ % paths.length]!)
      if (typeof status === 'string') fail(status)
      else {
        load.latencies[load.answered++ % KEPT] = performance.now() - start
        if (status >= 500) fail(`status ${status}`)
      }
    }
  }
  const done = Promise.all(Array.from({ length: connections }, worker))
  return load
}

/** So large a share of them took no longer than this. null: there are none. */
export function percentileOf(latencies: readonly number[], share: number): number | null {
  const sorted = latencies.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null
}

/** Its status, or what went wrong. A kept connection that the balancer closed while nothing was asked over it is no failure. */
async function ask(agent: http.Agent, port: number, path: string): Promise<number | string> {
  const first = await askOnce(agent, port, path)
  return first === UNASKED ? askOnce(agent, port, path) : first
}

const UNASKED = 'the kept connection was closed'

function askOnce(agent: http.Agent, port: number, path: string): Promise<number | string> {
  return new Promise((resolve) => {
    const request = http.get({ host: '127.0.0.1', port, path, agent, timeout: 10_000 }, (response) => {
      response.on('end', () => resolve(response.statusCode!)).on('error', (error) => resolve(error.message)).resume()
    })
    request.on('timeout', () => request.destroy(new Error('no answer in 10 s')))
    request.on('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNRESET' && request.reusedSocket ? UNASKED : error.message))
  })
}
