/** Deno, self-hosted and on Deno Deploy. */
import { createAlarms } from '../alarm.ts'
import { abortingBy } from '../aborting.ts'
import { createStarted } from '../gateway.ts'
import { NOT_IN_HEADERS } from '../header-value.ts'
import type { CallInit, Platform, Program, SrvRecord, Uses } from '../types.ts'
import { OwnResponse } from '../http1/answer.ts'
import { chooseBySize } from '../http1/choose.ts'
import { type Connect, createClient } from '../http1/client.ts'
import type { Socket } from '../http1/connection.ts'
import { bytesField, log, ownResponse } from './web.ts'

interface Info {
  remoteAddr: { hostname: string }
  /** Missing where somebody else's handler gives its own. */
  completed?: Promise<void>
}
interface DenoServer {
  finished: Promise<void>
  shutdown(): Promise<void>
}
interface TlsOptions {
  caCerts?: string[]
  cert?: string
  key?: string
}
declare const Deno: {
  env: { get(name: string): string | undefined }
  connect(options: { hostname: string; port: number; signal?: AbortSignal }): Promise<Socket & { setNoDelay(on: boolean): void }>
  connectTls(options: TlsOptions & { hostname: string; port: number; alpnProtocols: string[] }): Promise<Socket>
  serve(options: object, handler: (request: Request, info: Info) => Response | Promise<Response>): DenoServer
  addSignalListener(signal: string, listener: () => void): void
  resolveDns(name: string, type: 'SRV'): Promise<SrvRecord[]>
  exit(code: number): never
}

const connectWith = (tls: TlsOptions): Connect => async ({ secure, hostname, port }, signal) => {
  if (secure) return Deno.connectTls({ ...tls, hostname, port, alpnProtocols: ['http/1.1'] })
  const socket = await Deno.connect({ hostname, port, ...(signal && { signal }) })
  socket.setNoDelay(true)
  return socket
}

/** A text of the environment, or a client with the certificate and authorities that stand there as NAME_CERTIFICATE, NAME_KEY and NAME_CA. */
function binding(name: string): unknown {
  const { get } = Deno.env
  const [cert, key, ca] = [get(`${name}_CERTIFICATE`), get(`${name}_KEY`), get(`${name}_CA`)]
  if (!cert && !ca) return get(name)
  return { fetch: createClient(connectWith({ ...(cert && key && { cert, key }), ...(ca && { caCerts: [ca] }) })) }
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

function quietFetch(url: string, init: CallInit): Promise<Response> {
  quiet = true
  try {
    return fetch(url, init)
  } finally {
    quiet = false
  }
}

const STARTED_AT = Date.now()

const stops: (() => Promise<unknown>)[] = []

export const createPlatform = (): Platform => ({
  name: 'deno',
  fetch: chooseBySize(createClient(connectWith({})), quietFetch),
  startDeadline: abortingBy(createAlarms()),
  connections: Number.POSITIVE_INFINITY,
  resolveSrv: (name) => Deno.resolveDns(name, 'SRV'),
  toField: bytesField,
  respond: (body, init) => new OwnResponse(body, init, ''),
  own: (response) => (response.constructor === OwnResponse ? response : ownResponse(response)),
  now: Date.now,
  startedAt: STARTED_AT,
  // Deno's own forgets no entry when its time is up, and lies on the disk.
  openCache: null,
  binding,
  peer: (_request, info) => (info as Info).remoteAddr.hostname,
  whenSent: (info, tell) => void (info as Info).completed?.then(tell, tell),
  namesClient: false,
  log,
  atStop: (work) => void stops.push(work),
})

/** What can be sent: our client's answers and those that the gateway writes have no such headers, those of scripts and plugins may. */
function sendable(response: Response): Response {
  // Looking at headers costs what Deno has prepared to send.
  if (response.constructor === OwnResponse) return response
  if (response.status === 205) response.headers.set('connection', 'close')
  for (const [, value] of response.headers) if (NOT_IN_HEADERS.test(value)) return withoutControls(response)
  return response
}

const EACH = new RegExp(NOT_IN_HEADERS, 'g')

/** Each becomes a space (RFC 9110 §5.5). */
function withoutControls({ body, status, headers }: Response): Response {
  return new Response(body, { status, headers: [...headers].map(([name, value]) => [name, value.replace(EACH, ' ')]) })
}

/** Characters that no path has (RFC 3986): workerd refuses them before the gateway sees the request, and so it is here. */
const MALFORMED = /^[^?]*[<>`]/

interface Address {
  address: string
  port: number
}

/** Whoever starts the process may move a listener: CUTTLE_LISTEN_METRICS=127.0.0.1:9001. */
function movedTo(listener: Address & { name: string }): Address {
  const [, address, port] = /^(.*):(\d+)$/.exec(Deno.env.get(`CUTTLE_LISTEN_${listener.name.toUpperCase()}`) ?? '') ?? []
  return address === undefined ? listener : { address, port: Number(port) }
}

/** Serves until SIGTERM or SIGINT; then open requests and what outlives its answer are finished first. */
export function serve(program: Program, uses: Uses, listen: Address, listeners: readonly (Address & { name: string })[]): void {
  const { fetch, start, listen: answer } = createStarted({ program, uses, createPlatform })
  const pending = new Set<Promise<unknown>>()
  const waitUntil = (work: Promise<unknown>): void => {
    pending.add(work)
    void work.catch(() => undefined).finally(() => pending.delete(work))
  }
  const execution = { waitUntil }
  const port = Number(Deno.env.get('PORT') ?? listen.port)
  // One process a core on one port.
  const reusePort = Deno.env.get('CUTTLE_REUSE_PORT') === '1'
  const begin = (): void => {
    const servers = [
      Deno.serve({ port, reusePort, hostname: listen.address, onListen: () => undefined }, (request, info) => (MALFORMED.test(request.url) ? new Response('400 Bad Request', { status: 400 }) : fetch(request, info, execution).then(sendable))),
      ...listeners.map((one, i) => {
        const { address: hostname, port } = movedTo(one)
        return Deno.serve({ port, hostname, onListen: () => undefined }, (request, info) => answer(i, request, info))
      }),
    ]
    const stop = async (): Promise<void> => {
      await Promise.all(servers.map((server) => server.shutdown()))
      await Promise.allSettled(stops.map((work) => work()))
      await Promise.allSettled(pending)
      Deno.exit(0)
    }
    for (const signal of ['SIGTERM', 'SIGINT']) Deno.addSignalListener(signal, () => void stop())
  }
  void start(undefined, execution).then(begin)
}
