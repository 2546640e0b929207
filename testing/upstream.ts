/** Upstreams that answer what a test declares, and keep what they were sent. Real HTTP on a loopback port. */
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'

export interface Answer {
  /** 200 unless it says so. */
  status?: number
  /** null leaves out a header that the body would bring along. */
  headers?: { readonly [name: string]: string | readonly string[] | null }
  /** The body: a value as JSON, a text, or bytes. json and text bring their Content-Type along. */
  json?: unknown
  text?: string
  base64?: string
  /** The body is {method, path, query, headers, body} of the request, without the headers that belong to the transport. */
  echo?: true
  /** Waits before it answers. */
  delay_ms?: number
  /** Closes the connection instead. */
  drop?: true
  /** Compresses the body, and says so. */
  gzip?: true
}

/**
 * `'GET /users/1': answer`. The method may be `*`, and a path that ends in `/*` takes any path below it. An exact path goes before
 * a prefix, a longer prefix before a shorter, a method before `*`. Of a list each request takes the next; the last one stays.
 */
export type Routes = { readonly [route: string]: Answer | readonly Answer[] }

/** A request as it arrived. */
export interface Seen {
  method: string
  path: string
  /** Without its question mark. */
  query: string
  /** Names in lower case; several values of a name stand joined. */
  headers: { readonly [name: string]: string }
  body: string
}

export interface Upstream {
  url: string
  /** What arrived, in order. */
  seen: readonly Seen[]
  /** Forgets what it has seen, and begins its lists of answers again. */
  reset(): void
}

export interface RunningUpstream extends Upstream {
  stop(): Promise<void>
}

/** Starts an upstream on a free port of 127.0.0.1. */
export async function startUpstream(routes: Routes): Promise<RunningUpstream> {
  const seen: Seen[] = []
  const turns = new Map<string, number>()
  const server = http.createServer((request, response) => {
    // A client that goes away in the middle of its body is nobody's mistake here.
    void answer(request, response).catch(() => response.destroy())
  })
  async function answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const received = await read(request)
    seen.push(received)
    const route = findRoute(Object.keys(routes), received.method, received.path)
    if (route === undefined) return send(response, { status: 404, text: 'no such route' }, received)
    const turn = turns.get(route) ?? 0
    turns.set(route, turn + 1)
    const declared = routes[route]!
    const next = isList(declared) ? (declared[Math.min(turn, declared.length - 1)] ?? {}) : declared
    if (next.delay_ms) await sleep(next.delay_ms)
    if (next.drop) request.socket.destroy()
    else send(response, next, received)
  }
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    reset() {
      seen.length = 0
      turns.clear()
    },
    stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      return closed
    },
  }
}

const isList = (declared: Answer | readonly Answer[]): declared is readonly Answer[] => Array.isArray(declared)

async function read(request: http.IncomingMessage): Promise<Seen> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const [, path = '', query = ''] = /^([^?]*)\??(.*)$/s.exec(request.url!)!
  const headers = Object.fromEntries(Object.entries(request.headersDistinct).map(([name, values]) => [name, values!.join(', ')]))
  return { method: request.method!, path, query, headers, body: Buffer.concat(chunks).toString('utf8') }
}

const EXACT = 1_000_000

/** The route that fits best, or undefined. */
function findRoute(routes: readonly string[], method: string, path: string): string | undefined {
  const fit = (route: string): number => {
    const [wantedMethod = '', wantedPath = ''] = route.split(' ')
    if (wantedMethod !== '*' && wantedMethod !== method) return -1
    const named = wantedMethod === '*' ? 0 : 1
    if (wantedPath === path) return EXACT + named
    return wantedPath.endsWith('/*') && path.startsWith(wantedPath.slice(0, -1)) ? wantedPath.length * 2 + named : -1
  }
  const best = routes.toSorted((a, b) => fit(b) - fit(a))[0]
  return best !== undefined && fit(best) >= 0 ? best : undefined
}

/** Headers that the transport or the platform owns: left out of echoes. */
const TRANSPORT = new Set([
  'date', 'connection', 'keep-alive', 'transfer-encoding', 'content-length', 'host', 'accept-encoding', 'user-agent', 'accept', 'x-forwarded-for', 'x-forwarded-host',
  'x-forwarded-via', 'x-forwarded-proto', 'traceparent', 'tracestate', 'cf-connecting-ip', 'cf-worker', 'cf-ray', 'cf-visitor', 'cf-ew-via', 'cdn-loop', 'mf-original-url',
])

function send(response: http.ServerResponse, answer: Answer, received: Seen): void {
  const [plain, type] = bodyOf(answer, received)
  const body = answer.gzip ? gzipSync(plain) : plain
  const headers = new Map<string, string | readonly string[]>()
  if (type) headers.set('content-type', type)
  if (answer.gzip) headers.set('content-encoding', 'gzip')
  headers.set('content-length', String(Buffer.byteLength(body)))
  for (const [name, value] of Object.entries(answer.headers ?? {})) {
    if (value === null) headers.delete(name.toLowerCase())
    else headers.set(name.toLowerCase(), value)
  }
  response.writeHead(answer.status ?? 200, Object.fromEntries(headers) as http.OutgoingHttpHeaders)
  response.end(body)
}

/** The body and the Content-Type that goes with it. */
function bodyOf(answer: Answer, { headers, ...received }: Seen): [body: string | Buffer, type: string | null] {
  if (answer.echo) {
    const kept = Object.fromEntries(Object.entries(headers).filter(([name]) => !TRANSPORT.has(name)))
    return [JSON.stringify({ ...received, headers: kept }), 'application/json']
  }
  if ('json' in answer) return [JSON.stringify(answer.json), 'application/json']
  if (answer.text !== undefined) return [answer.text, 'text/plain; charset=utf-8']
  return [Buffer.from(answer.base64 ?? '', 'base64'), null]
}
