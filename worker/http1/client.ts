/**
 * HTTP/1.1 to upstreams, with kept connections. Deno's fetch costs twice as much, adds `Accept` and `Accept-Language`, sends a
 * POST once more where a connection breaks, and can't say what some upstreams need to hear (bench/NOTES.md, docs/compatibility.md).
 */
import { CUT } from '../errors.ts'
import { concat } from '../json/data.ts'
import { isReplayable } from '../client/replay.ts'
import type { CallInit, Failure, Fetch } from '../types.ts'
import { OwnResponse, WholeResponse } from './answer.ts'
import { type Connection, createConnection, type Socket } from './connection.ts'
import { type Head, readHead, readPieces, readWhole } from './response.ts'

export interface Origin {
  secure: boolean
  hostname: string
  port: number
}
/** The signal may end it: whoever can't be reached does not say so for minutes. */
export type Connect = (origin: Origin, signal: AbortSignal | null) => Promise<Socket>

/** KrakenD's max_idle_connections_per_host. */
const IDLE_PER_HOST = 250

/** Makes a fetch. Its pool of idle connections is the isolate's, bounded for each origin. */
export function createClient(connect: Connect): Fetch {
  const idle = new Map<string, Connection[]>()
  return async (address, init) => {
    const url = new URL(address)
    if (!/^https?:$/.test(url.protocol)) throw { kind: 'network', message: `unsupported protocol scheme "${url.protocol.slice(0, -1)}"` } satisfies Failure
    if (init.signal?.aborted) throw ENDED
    // Go's scripts have connections of their own.
    const kept = init.lazy ? undefined : idle.get(url.origin)?.pop()
    if (kept) {
      try {
        return await exchange(kept, address, url, init, idle)
      } catch (error) {
        if (!kept.fresh || !isReplayable(init) || init.signal?.aborted) throw error
      }
    }
    return exchange(await open(url, connect, init), address, url, init, idle)
  }
}
const ENDED: Failure = { kind: 'network', message: 'the call was ended' }

async function open(url: URL, connect: Connect, { signal }: CallInit): Promise<Connection> {
  const secure = url.protocol === 'https:'
  const hostname = url.hostname.replace(/^\[|\]$/g, '')
  const opening = connect({ secure, hostname, port: Number(url.port) || (secure ? 443 : 80) }, signal)
  return createConnection(signal ? await unlessEnded(opening, signal) : await opening)
}

/** Names and connections may take longer than the call has: nobody waits for them then. */
function unlessEnded(opening: Promise<Socket>, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const end = (): void => reject(ENDED)
    signal.addEventListener('abort', end)
    const connected = (socket: Socket): void => {
      signal.removeEventListener('abort', end)
      if (signal.aborted) socket.close()
      resolve(socket)
    }
    opening.then(connected, reject)
  })
}

/**
 * One request and its answer. The connection goes back to the idle ones when the body has been read. An answer may come before the
 * request's body is out: it is read while the body is sent, as Go does, and what is left of the body has lost its reader then.
 */
async function exchange(connection: Connection, address: string, url: URL, init: CallInit, idle: Map<string, Connection[]>): Promise<Response> {
  const end = (): void => connection.close()
  let sent = false
  init.signal?.addEventListener('abort', end)
  const release = (head: Head): void => {
    init.signal?.removeEventListener('abort', end)
    if (sent && head.keeps && !connection.closed && connection.start === connection.end) keep(connection, url.origin, idle)
    else connection.close()
  }
  try {
    connection.ask()
    const sending = send(connection, url, queryOf(address, url), init).then(() => void (sent = true))
    const head = await (init.body === null ? sending.then(() => readHead(connection, init.method)) : firstHead(connection, init.method, sending))
    return await toResponse(connection, head, url, init, release, sent ? null : sending)
  } catch (error) {
    init.signal?.removeEventListener('abort', end)
    connection.close()
    throw error
  }
}

/** An upstream that reads no further may still have said why: only what the request itself broke off for ends the call. */
async function firstHead(connection: Connection, method: string, sending: Promise<void>): Promise<Head> {
  let broken: unknown = null
  sending.catch((error: unknown) => {
    broken = error
    if (!connection.refuses) connection.close()
  })
  try {
    return await readHead(connection, method)
  } catch (error) {
    throw broken ?? error
  }
}

function keep(connection: Connection, origin: string, idle: Map<string, Connection[]>): void {
  let connections = idle.get(origin)
  if (!connections) idle.set(origin, (connections = []))
  const list = connections
  if (list.length >= IDLE_PER_HOST) return connection.close()
  list.push(connection)
  connection.rest(() => {
    const index = list.indexOf(connection)
    if (index >= 0) list.splice(index, 1)
    if (!list.length && idle.get(origin) === list) idle.delete(origin)
    connection.close()
  })
}

/** As it is written, where a URL would escape quotes and brackets; what can't stand in a request's first line is left to the URL. */
function queryOf(address: string, { search }: URL): string {
  const mark = address.indexOf('?')
  const query = mark < 0 ? '' : address.slice(mark)
  return /^[!"$-~]*$/.test(query) ? query : search
}

const encoder = new TextEncoder()

async function send(connection: Connection, url: URL, query: string, init: CallInit): Promise<void> {
  const { method, headers, body } = init
  let head = `${method} ${url.pathname}${query} HTTP/1.1\r\nhost: ${url.host}\r\n`
  for (const name in headers) head += `${name}: ${fieldValue(headers[name]!)}\r\n`
  if (body instanceof ReadableStream) return sendStream(connection, head, body, init.length)
  if (body !== null || (method !== 'GET' && method !== 'HEAD')) head += `content-length: ${body?.length ?? 0}\r\n`
  const text = encodeHead(`${head}\r\n`)
  await connection.write(body?.length ? concat([text, body]) : text)
}

/** Headers hold bytes, each as a character; anything beyond is text, and goes out as UTF-8. */
function encodeHead(head: string): Uint8Array<ArrayBuffer> {
  if (/^[\x00-\x7f]*$/.test(head)) return encoder.encode(head)
  return Uint8Array.from(Array.from(head).flatMap((character) => (character <= '\xff' ? [character.charCodeAt(0)] : [...encoder.encode(character)])))
}

/** A value that could end its line would let one request become two. */
function fieldValue(value: string): string {
  if (/[\r\n\0]/.test(value)) throw { kind: 'network', message: 'net/http: invalid header field value' } satisfies Failure
  return value
}

const NOTHING = new Uint8Array()
const LINE_END = encoder.encode('\r\n')

async function sendStream(connection: Connection, head: string, body: ReadableStream<Uint8Array>, length: number | null): Promise<void> {
  const framing = length === null ? 'transfer-encoding: chunked' : `content-length: ${length}`
  // What belongs together goes out in one piece: the second of two small ones would wait for the first to be acknowledged.
  let before: Uint8Array<ArrayBuffer> = encodeHead(`${head}${framing}\r\n\r\n`)
  let sent = 0
  for await (const piece of body) {
    if (!piece.length) continue
    sent += piece.length
    if (length !== null && sent > length) throw { kind: 'network', message: 'http: request body larger than its length' } satisfies Failure
    await connection.write(concat(length === null ? [before, encoder.encode(`${piece.length.toString(16)}\r\n`), piece, LINE_END] : [before, piece]))
    before = NOTHING
  }
  if (length === null) await connection.write(concat([before, encoder.encode('0\r\n\r\n')]))
  else if (before.length) await connection.write(before)
  if (length !== null && sent < length) throw { kind: 'network', message: 'http: request body shorter than its length' } satisfies Failure
}

const NO_BODY = new Set([204, 205, 304])

/** Whether the body is to be unpacked: what fetch does for other platforms. */
function isPacked(headers: Headers, { gzip, buffer }: CallInit): boolean {
  const coding = headers.get('content-encoding')
  return (gzip && coding?.toLowerCase() === 'gzip') || (buffer !== null && coding === 'gzip')
}

function unpack(body: ReadableStream<Uint8Array<ArrayBuffer>>, headers: Headers): ReadableStream<Uint8Array<ArrayBuffer>> {
  headers.delete('content-encoding')
  headers.delete('content-length')
  return body.pipeThrough(new DecompressionStream('gzip'))
}

/** A body that the status has no place for is not read. */
function withoutBody(connection: Connection, head: Head, release: (head: Head) => void): null {
  // Deno's server gives it no length, and whoever asked would wait for its body.
  if (head.status === 205) head.headers.set('connection', 'close')
  if (head.framing !== 0) connection.close()
  release(head)
  return null
}

async function toResponse(connection: Connection, head: Head, { href }: URL, init: CallInit, release: (head: Head) => void, sending: Promise<void> | null): Promise<Response> {
  const { status, headers, framing } = head
  // Nor can a Response be made with it.
  if (status > 599) throw { kind: 'network', message: `an answer of status ${status} can't be passed on` } satisfies Failure
  const response = { status, headers }
  if (NO_BODY.has(status) || init.method === 'HEAD') return new OwnResponse(withoutBody(connection, head, release), response, href)
  // What is passed on has often come with its head; a stream of it would cost more. Of what is no good answer the status alone may be wanted (proxy/RULES.md §10).
  const all = status < 202 ? init.buffer : null
  const whole = init.lazy ? null : (all ?? (typeof framing === 'number' && framing <= connection.end - connection.start ? framing : null))
  let body: ReadableStream<Uint8Array<ArrayBuffer>> | Uint8Array<ArrayBuffer> | null
  if (framing !== 0 && isPacked(headers, init)) body = unpack(stream(connection, head, release), headers)
  else if (whole === null) body = stream(connection, head, release)
  else {
    const bytes = await readWhole(connection, framing, whole)
    body = bytes.length ? bytes : null
    release(head)
  }
  if (sending && body instanceof ReadableStream) body = await holdUntil(sending, body)
  return init.buffer !== null && body instanceof Uint8Array ? new WholeResponse(body, response, href) : new OwnResponse(body, response, href)
}

/** What is left of a body that nobody wants is often on its way already. It is cheaper to read than a connection is to open. */
const LEFT_MS = 10

function stream(connection: Connection, head: Head, release: (head: Head) => void): ReadableStream<Uint8Array<ArrayBuffer>> {
  const pieces = readPieces(connection, head.framing)
  let wanted = true
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await pieces.next()
        if (!wanted) return
        if (!done) return controller.enqueue(value)
        release(head)
        controller.close()
      } catch (error) {
        connection.close()
        controller.error(connection.closed ? CUT : error)
      }
    },
    cancel() {
      wanted = false
      const end = (): void => connection.close()
      const late = setTimeout(end, LEFT_MS)
      const rest = async (): Promise<void> => {
        while (!(await pieces.next()).done);
        clearTimeout(late)
        release(head)
      }
      rest().catch(end)
    },
  })
}

/** Of an answer that comes while the request is being sent. */
const MAX_HELD_BYTES = 4 * 1024 * 1024

/**
 * Holds what comes of an answer until its request is out, or the answer is whole: Deno's server reads no more of a request once its answer
 * has begun. An upstream that goes on sending back what it reads would wait for ever.
 */
async function holdUntil(sending: Promise<void>, body: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  const reader = body.getReader()
  const held: Uint8Array<ArrayBuffer>[] = []
  const out = sending.then(() => null, () => null)
  let size = 0
  let next = reader.read()
  for (let piece = await Promise.race([out, next]); piece && !piece.done; piece = await Promise.race([out, next])) {
    held.push(piece.value)
    if ((size += piece.value.length) > MAX_HELD_BYTES) throw { kind: 'network', message: 'the answer has more than 4 MB before its request is out' } satisfies Failure
    next = reader.read()
  }
  return new ReadableStream({
    async pull(controller) {
      const first = held.shift()
      if (first) return controller.enqueue(first)
      const { done, value } = await next
      if (done) return controller.close()
      controller.enqueue(value)
      next = reader.read()
      next.catch(() => undefined)
    },
    cancel: (reason) => reader.cancel(reason),
  })
}
