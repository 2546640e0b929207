/** Deno, self-hosted and on Deno Deploy. */
import { startAborting } from '../deadline.ts'
import { createFetch } from '../gateway.ts'
import type { CallInit, Fetch, Platform, Program, Uses } from '../types.ts'
import { type Connect, createClient } from '../http1/client.ts'
import type { Socket } from '../http1/connection.ts'
import { log, ownResponse } from './common.ts'

interface Info {
  remoteAddr: { hostname: string }
}
interface DenoServer {
  finished: Promise<void>
  shutdown(): Promise<void>
}
declare const Deno: {
  env: { get(name: string): string | undefined }
  connect(options: { hostname: string; port: number }): Promise<Socket>
  connectTls(options: { hostname: string; port: number; alpnProtocols: string[] }): Promise<Socket>
  serve(options: object, handler: (request: Request, info: Info) => Response | Promise<Response>): DenoServer
  addSignalListener(signal: string, listener: () => void): void
  exit(code: number): never
}

const connect: Connect = ({ secure, hostname, port }) => (secure ? Deno.connectTls({ hostname, port, alpnProtocols: ['http/1.1'] }) : Deno.connect({ hostname, port }))

/**
 * Deno's fetch adds `Accept-Language` to requests that have none; KrakenD does not, and upstreams may choose their answer by it.
 * fetch asks with `headers.has(…)` before it returns its promise, so what it hears meanwhile decides.
 */
let quiet = false
const { has } = Headers.prototype
Headers.prototype.has = function (this: Headers, name: string): boolean {
  return quiet || has.call(this, name)
}

function quietFetch(url: string, init: CallInit): Promise<Response> {
  quiet = true
  try {
    return fetch(url, init)
  } finally {
    quiet = false
  }
}

/**
 * What goes through untouched goes by fetch, which passes large bodies on without JavaScript: half the cost at 100 KB. What is read
 * goes by our own client: half the cost too, and the request is exactly what it should be (bench/NOTES.md).
 */
function createDenoFetch(): Fetch {
  const client = createClient(connect)
  const untouched = ({ method, body, buffer, headers }: CallInit): boolean => buffer === null && body === null && method === 'GET' && !('accept-encoding' in headers)
  return (url, init) => (untouched(init) ? quietFetch(url, init) : client(url, init))
}

export const createPlatform = (): Platform => ({
  name: 'deno',
  fetch: createDenoFetch(),
  startDeadline: startAborting,
  own: ownResponse,
  now: Date.now,
  binding: (name) => Deno.env.get(name),
  peer: (_request, info) => (info as Info).remoteAddr.hostname,
  namesClient: false,
  log,
})

/** Serves until SIGTERM or SIGINT; then open requests and what outlives its answer are finished first. */
export function serve(program: Program, uses: Uses, listen: { port: number; address: string }): void {
  const fetch = createFetch({ program, uses, createPlatform })
  const pending = new Set<Promise<unknown>>()
  const waitUntil = (work: Promise<unknown>): void => {
    pending.add(work)
    void work.catch(() => undefined).finally(() => pending.delete(work))
  }
  const execution = { waitUntil }
  const port = Number(Deno.env.get('PORT') ?? listen.port)
  const server = Deno.serve({ port, hostname: listen.address, onListen: () => undefined }, (request, info) => fetch(request, info, execution))
  const stop = async (): Promise<void> => {
    await server.shutdown()
    await Promise.allSettled(pending)
    Deno.exit(0)
  }
  for (const signal of ['SIGTERM', 'SIGINT']) Deno.addSignalListener(signal, () => void stop())
}
