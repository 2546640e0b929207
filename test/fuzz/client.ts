/** Requests as no client should send them, and what came back. Raw bytes over TCP. */
import net, { type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { ATTACK_NAMES } from './upstream.ts'
import type { Random } from './random.ts'

/** Endpoints of the gateway under test; each is followed by the name of what its upstream does. */
export const ENDPOINTS = ['json', 'merged', 'sequence', 'collection', 'string', 'xml', 'rss', 'raw', 'shaped', 'details', 'query'] as const

const METHODS = ['GET', 'GET', 'GET', 'GET', 'POST', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'CONNECT', 'get', 'M-SEARCH', 'G T', '']
const SEGMENTS = ['..', '.', '%2e%2e', '%2f', '%00', '%', '%zz', '%ff', '%c0%ae', '%0d%0aX-Smuggled:%20a', '//', '\\', ';a=b', '?', '#', ' ', '\t', '\x7f', 'é', '{id}', ':id', '*', '%25%32%65', 'a'.repeat(20_000)]
const FIELDS = [
  'Host: other', 'Host:', 'Host: a b', 'Host: [::1', 'X-Forwarded-For: a, ,, \t', `X-Forwarded-For: ${'1.2.3.4, '.repeat(2000)}`, 'X-Forwarded-Host: \x01', 'Accept: */*;q=\x7f',
  'Accept-Encoding: gzip;q=nan, br', 'Content-Type: a/b; charset="', 'Connection: close', 'Connection: keep-alive, x-any', 'Transfer-Encoding: gzip', 'Transfer-Encoding : chunked', 'Content-Length: 0',
  'Content-Length: 7, 7', 'Content-Length: -1', 'Expect: 100-continue', 'Upgrade: websocket', 'Range: bytes=0-,0-,0-', ' X-Folded: a', 'X-No-Colon', ': nameless', 'X-Nul: \0', `X-Huge: ${'h'.repeat(60_000)}`,
  'X-Any: \xff\xfe', 'User-Agent:', 'Cookie: __proto__=1', 'If-None-Match: *', '__proto__: 1', 'constructor: 1',
]
type Body = 'none' | 'whole' | 'chunked' | 'cut' | 'too-long' | 'bad-chunk' | 'endless' | 'drip'
const BODIES: readonly Body[] = ['none', 'none', 'whole', 'chunked', 'cut', 'too-long', 'bad-chunk', 'endless', 'drip']
type Reading = 'all' | 'some' | 'none'

export interface Sent {
  /** What was sent, for a person who looks into a finding. */
  text: string
  body: Body
  reading: Reading
}
/** `status` null: the connection ended without an answer. */
export interface Received {
  status: number | null
  ms: number
  /** No answer and no end in all that time. */
  hung: boolean
}

function targetOf(random: Random): string {
  const path = `/${random.pick(ENDPOINTS)}/${random.pick(ATTACK_NAMES)}`
  const kind = random.number(10)
  if (kind < 7) return path
  if (kind === 7) return `${path}/${random.pick(SEGMENTS)}/${random.pick(SEGMENTS)}`
  if (kind === 8) return `${path}?a=${random.pick(SEGMENTS)}&${random.pick(SEGMENTS)}=b&&=;`
  return random.bytes(random.number(60)).toString('latin1')
}

/** Two of three are plain, so that the upstream's answers are what is odd. */
export function createRequest(random: Random): Sent {
  if (random.number(3)) {
    const [method, body] = random.number(4) ? (['GET', 'none'] as const) : (['POST', 'whole'] as const)
    const text = `${method} /${random.pick(ENDPOINTS)}/${random.pick(ATTACK_NAMES)} HTTP/1.1\r\nHost: localhost\r\n${body === 'whole' ? 'Content-Length: 9\r\n' : ''}\r\n`
    return { text, body, reading: random.number(10) ? 'all' : 'some' }
  }
  const body = random.pick(BODIES)
  const fields = ['Host: localhost', ...Array.from({ length: random.number(4) }, () => random.pick(FIELDS))]
  if (body === 'whole' || body === 'too-long') fields.push('Content-Length: 9')
  if (body === 'cut') fields.push('Content-Length: 99')
  if (body === 'endless' || body === 'drip' || body === 'chunked' || body === 'bad-chunk') fields.push('Transfer-Encoding: chunked')
  const text = `${random.pick(METHODS)} ${targetOf(random)} HTTP/1.1\r\n${fields.map((field) => `${field}\r\n`).join('')}\r\n`
  return { text, body, reading: random.pick(['all', 'all', 'all', 'all', 'some', 'none']) }
}

const CHUNK = Buffer.from(`8000\r\n${'b'.repeat(0x8000)}\r\n`)

async function sendBody(socket: Socket, body: Body): Promise<void> {
  if (body === 'whole') socket.write('{"a": 12}')
  if (body === 'too-long') socket.write('{"a": 12}{"b": 34} GET / HTTP/1.1\r\n\r\n')
  if (body === 'chunked') socket.write('9\r\n{"a": 12}\r\n0\r\n\r\n')
  if (body === 'bad-chunk') socket.write('zz\r\n{"a": 12}\r\n0\r\n\r\n')
  if (body === 'cut') socket.end('{"a":')
  for (let i = 0; body === 'drip' && i < 50 && !socket.destroyed; i++) {
    socket.write('1\r\nb\r\n')
    await sleep(20)
  }
  for (let i = 0; body === 'endless' && i < 256 && !socket.destroyed; i++) {
    if (!socket.write(CHUNK)) await Promise.race([new Promise((resolve) => socket.once('drain', resolve).once('close', resolve)), sleep(1000)])
  }
}

/** Sends a request to a port and waits for an answer, or for the connection's end, for `patienceMs` at most. */
export function ask(port: number, { text, body, reading }: Sent, patienceMs: number): Promise<Received> {
  const from = performance.now()
  const socket = net.connect(port, '127.0.0.1')
  return new Promise((resolve) => {
    let first = ''
    let size = 0
    const end = (hung: boolean): void => {
      clearTimeout(timer)
      socket.destroy()
      const [, status] = /^HTTP\/1\.1 (\d{3})/.exec(first) ?? []
      resolve({ status: status === undefined ? null : Number(status), ms: performance.now() - from, hung })
    }
    const timer = setTimeout(() => end(reading === 'all' && size === 0), reading === 'none' ? 1500 : patienceMs)
    socket.on('error', () => end(false))
    socket.on('close', () => end(false))
    socket.on('connect', () => {
      socket.write(text, 'latin1')
      void sendBody(socket, body)
    })
    if (reading === 'none') return
    socket.on('data', (piece) => {
      if (size === 0) first = piece.toString('latin1')
      size += piece.length
      if (reading === 'some' || size > 8 << 20) end(false)
    })
  })
}
