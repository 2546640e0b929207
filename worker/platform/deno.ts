/** Deno, self-hosted and on Deno Deploy. */
import { createGateway } from '../gateway.ts'
import type { Fetch, Platform, Program, Uses } from '../types.ts'
import { log } from './common.ts'
import { nodeFetch } from './deno-http.ts'

interface Info {
  remoteAddr: { hostname: string }
}
interface DenoServer {
  finished: Promise<void>
  shutdown(): Promise<void>
}
declare const Deno: {
  env: { get(name: string): string | undefined }
  serve(options: object, handler: (request: Request, info: Info) => Response | Promise<Response>): DenoServer
  addSignalListener(signal: string, listener: () => void): void
  exit(code: number): never
}

/**
 * Deno's fetch adds `Accept-Language` to requests that have none; KrakenD does not, and upstreams may choose their answer by it.
 * fetch asks with `headers.has(…)` before it returns its promise, so what it hears meanwhile decides.
 */
let quiet = false
const { has } = Headers.prototype
Headers.prototype.has = function (this: Headers, name: string): boolean {
  return quiet || has.call(this, name)
}

const denoFetch: Fetch = (url, init) => {
  if (init.buffer !== null || init.method !== 'GET' || 'accept-encoding' in init.headers) return nodeFetch(url, init)
  quiet = true
  try {
    return fetch(url, init)
  } finally {
    quiet = false
  }
}

export const createPlatform = (): Platform => ({
  name: 'deno',
  fetch: denoFetch,
  now: Date.now,
  binding: (name) => Deno.env.get(name),
  peer: (_request, info) => (info as Info).remoteAddr.hostname,
  namesClient: false,
  log,
})

/** The gateway as a Hono app. */
export const createApp = (program: Program, uses: Uses) => createGateway({ program, uses, createPlatform })

/** Serves until SIGTERM or SIGINT; then open requests and what outlives its answer are finished first. */
export function serve(program: Program, uses: Uses, listen: { port: number; address: string }): void {
  const app = createApp(program, uses)
  const pending = new Set<Promise<unknown>>()
  const waitUntil = (work: Promise<unknown>): void => {
    pending.add(work)
    void work.catch(() => undefined).finally(() => pending.delete(work))
  }
  const ctx = { waitUntil, passThroughOnException: () => undefined, props: {} }
  const port = Number(Deno.env.get('PORT') ?? listen.port)
  const server = Deno.serve({ port, hostname: listen.address, onListen: () => undefined }, (request, info) => app.fetch(request, info, ctx))
  const stop = async (): Promise<void> => {
    await server.shutdown()
    await Promise.allSettled(pending)
    Deno.exit(0)
  }
  for (const signal of ['SIGTERM', 'SIGINT']) Deno.addSignalListener(signal, () => void stop())
}
