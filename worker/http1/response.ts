/** Reading answers by RFC 9112: strictly, since what two ends read differently is how requests are smuggled. */
import { concat } from '../json/data.ts'
import { CUT, tooLarge } from '../errors.ts'
import type { Failure } from '../types.ts'
import { compact, type Connection, take } from './connection.ts'

export interface Head {
  status: number
  headers: Headers
  framing: Framing
  /** The connection can take another request once the body is read. */
  keeps: boolean
}
/** A number: so many bytes. */
export type Framing = number | 'chunked' | 'until close'

const bad = (message: string): Failure => ({ kind: 'network', message: `malformed HTTP response: ${message}` })

const decoder = new TextDecoder('latin1')

/** Each byte as a character. What TextDecoder calls latin1 is windows-1252, with other characters for 0x80 to 0x9f. */
function textOf(bytes: Uint8Array): string {
  const text = decoder.decode(bytes)
  return /^[\x00-\xff]*$/.test(text) ? text : Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
}

const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: |$)/
const FIELD = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):(.*)$/
/** What RFC 9110 §5.5 lets a recipient replace by a space: Deno ends the whole process where such a byte is in an answer. */
const CONTROLS = /[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]/g

/** As many as Go's client passes over. */
const MAX_INTERIM = 5

/** The final answer's head; interim ones (1xx) are passed over. Rejects with a Failure. */
export async function readHead(connection: Connection, method: string): Promise<Head> {
  for (let interim = 0; interim <= MAX_INTERIM; interim++) {
    const head = parseHead(await readHeadText(connection), method)
    if (head.status >= 200) return head
    if (head.status === 101) throw bad('a switch of protocols that nobody asked for')
  }
  throw bad('too many interim answers')
}

async function readHeadText(connection: Connection): Promise<string> {
  let from = connection.start
  for (;;) {
    const end = headEnd(connection.buffer, from, connection.end)
    if (end > 0) return textOf(take(connection, end - connection.start))
    from = Math.max(connection.start, connection.end - 2)
    const before = connection.start
    if (!compact(connection)) throw bad('its head is too large')
    from -= before - connection.start
    if (!(await connection.fill())) throw { kind: 'network', message: 'EOF' } satisfies Failure
  }
}

/** The position behind the empty line, or 0. Lines may end without a carriage return, as they may to Go. */
function headEnd(bytes: Uint8Array, from: number, to: number): number {
  for (let i = from + 1; i < to; i++) {
    if (bytes[i] === 10 && (bytes[i - 1] === 10 || (bytes[i - 1] === 13 && bytes[i - 2] === 10))) return i + 1
  }
  return 0
}

function parseHead(text: string, method: string): Head {
  const lines = text.replace(CONTROLS, ' ').replace(/\r?\n\r?\n$/, '').split(/\r?\n/)
  const [, minor, code] = STATUS_LINE.exec(lines[0]!) ?? []
  if (code === undefined) throw bad('no status line')
  const headers = new Headers()
  for (let i = 1; i < lines.length; i++) {
    const field = FIELD.exec(lines[i]!)
    if (!field) {
      // A header that goes on in the next line: a blank stands there instead, as in Go (RFC 9112 §5.2).
      const unfolded = i > 1 ? text.replace(/\r?\n[ \t]+/g, ' ') : text
      if (unfolded !== text) return parseHead(unfolded, method)
      throw bad('a header line')
    }
    headers.append(field[1]!, field[2]!)
  }
  const status = Number(code)
  const connection = headers.get('connection')?.toLowerCase() ?? ''
  const framing = framingOf(headers, method, status)
  const keeps = framing !== 'until close' && !connection.includes('close') && (minor === '1' || connection.includes('keep-alive')) && !isAmbiguous(headers)
  return { status, headers, framing, keeps }
}

/** Chunks go before a length, as in Go; what comes behind such an answer is not believed (RFC 9112 §6.3). */
function isAmbiguous(headers: Headers): boolean {
  if (!headers.has('transfer-encoding') || !headers.has('content-length')) return false
  headers.delete('content-length')
  return true
}

/** RFC 9112 §6.3. */
function framingOf(headers: Headers, method: string, status: number): Framing {
  const coding = headers.get('transfer-encoding')
  const length = headers.get('content-length')
  if (coding !== null && coding.toLowerCase() !== 'chunked') throw bad('its transfer encoding')
  if (length !== null && !/^\d{1,15}(, \d+)*$/.test(length)) throw bad('its length')
  const lengths = new Set(length?.split(', '))
  if (lengths.size > 1) throw bad('several lengths')
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) return 0
  if (coding !== null) return 'chunked'
  return length === null ? 'until close' : Number([...lengths][0])
}

/** The pieces of a body, in order. Throws a Failure where it is cut or malformed. */
export async function* readPieces(connection: Connection, framing: Framing): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  if (framing === 'chunked') yield* readChunks(connection)
  else if (framing === 'until close') yield* readToEnd(connection)
  else yield* readLength(connection, framing)
}

/** A body of known length, in one piece. */
export async function readExactly(connection: Connection, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const had = take(connection, length)
  const body = new Uint8Array(length)
  body.set(had)
  for (let at = had.length; at < length; ) {
    const count = await connection.readInto(body.subarray(at))
    if (count === 0) throw CUT
    at += count
  }
  return body
}

async function* readLength(connection: Connection, length: number): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  for (let left = length; left > 0; ) {
    const piece = await nextPiece(connection, left)
    if (!piece) throw CUT
    left -= piece.length
    yield piece
  }
}

async function* readToEnd(connection: Connection): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  for (let piece = await nextPiece(connection, Number.POSITIVE_INFINITY); piece; piece = await nextPiece(connection, Number.POSITIVE_INFINITY)) yield piece
}

/** A copy of what comes next, since the buffer is used again. */
async function nextPiece(connection: Connection, most: number): Promise<Uint8Array<ArrayBuffer> | null> {
  if (connection.start === connection.end && most > 16384) {
    const piece = new Uint8Array(Math.min(most, 65536))
    const count = await connection.readInto(piece)
    return count ? piece.subarray(0, count) : null
  }
  if (connection.start === connection.end) {
    connection.start = connection.end = 0
    if (!(await connection.fill())) return null
  }
  return take(connection, most).slice()
}

async function* readChunks(connection: Connection): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  for (;;) {
    const [, size] = /^0*([0-9A-Fa-f]{1,8})[ \t]*(?:;.*)?$/.exec(await readLine(connection)) ?? []
    if (size === undefined) throw bad('a chunk size')
    const length = Number.parseInt(size, 16)
    if (length === 0) break
    yield* readLength(connection, length)
    if ((await readLine(connection)) !== '') throw bad('a chunk end')
  }
  while ((await readLine(connection)) !== '');
}

async function readLine(connection: Connection): Promise<string> {
  for (;;) {
    const { buffer, start, end } = connection
    const feed = buffer.subarray(start, end).indexOf(10)
    if (feed >= 0) return textOf(take(connection, feed + 1)).replace(/\r?\n$/, '')
    if (end - start > 4096 || !compact(connection)) throw bad('a chunk line')
    if (!(await connection.fill())) throw CUT
  }
}

/** The whole body, at most so many bytes. */
export async function readWhole(connection: Connection, framing: Framing, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  if (typeof framing === 'number' && framing <= limit) return readExactly(connection, framing)
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of readPieces(connection, framing)) {
    size += piece.length
    if (size > limit) throw tooLarge(limit, 502)
    pieces.push(piece)
  }
  return concat(pieces)
}
