/** A kept connection: bytes in order, with one read always under way, so that a connection which the upstream closes is noticed. */

/** What a platform's TCP and TLS connections have in common. */
export interface Socket {
  /** Bytes read, or null at the end. */
  read(into: Uint8Array): Promise<number | null>
  write(bytes: Uint8Array): Promise<number>
  close(): void
}

export interface Connection {
  /** What has come and is not taken yet: `buffer` from `start` to `end`. */
  buffer: Uint8Array<ArrayBuffer>
  start: number
  end: number
  closed: boolean
  /** Nothing has come since the last request: only then a failed request may be sent again. */
  fresh: boolean
  /** The other end takes no more bytes; there may still be some of its own. */
  refuses: boolean
  /** A request begins: what comes from now on is its answer. */
  ask(): void
  /** Waits for more bytes in `buffer`. false at the end of the stream. Rejects where the connection breaks. */
  fill(): Promise<boolean>
  /** Reads straight into `target`, once what was in `buffer` is taken. Bytes read, 0 at the end. */
  readInto(target: Uint8Array): Promise<number>
  write(bytes: Uint8Array): Promise<void>
  /** Told when bytes or an end come though nobody asked for anything. */
  rest(onUnasked: () => void): void
  close(): void
}

const BUFFER_BYTES = 32 * 1024
/** Heads have to fit: an upstream that sends more breaks off. */
const MAX_BUFFER_BYTES = 1024 * 1024

export function createConnection(socket: Socket): Connection {
  let pending: Promise<number | null> | null = null
  let onUnasked: (() => void) | null = null
  const read = (): Promise<number | null> => {
    pending ??= socket.read(connection.buffer.subarray(connection.end))
    return pending
  }
  const connection: Connection = {
    buffer: new Uint8Array(BUFFER_BYTES),
    start: 0,
    end: 0,
    closed: false,
    fresh: true,
    refuses: false,
    ask() {
      onUnasked = null
    },
    async fill() {
      const count = await read()
      pending = null
      if (count === null) return false
      connection.fresh = false
      connection.end += count
      return true
    },
    async readInto(target) {
      if (pending) throw new Error('a read into the buffer is under way')
      return (await socket.read(target)) ?? 0
    },
    async write(bytes) {
      try {
        for (let at = 0; at < bytes.length; ) at += await socket.write(at ? bytes.subarray(at) : bytes)
      } catch (error) {
        connection.refuses = true
        throw error
      }
    },
    rest(unasked) {
      if (connection.buffer.length > BUFFER_BYTES) connection.buffer = new Uint8Array(BUFFER_BYTES)
      connection.start = connection.end = 0
      connection.fresh = true
      onUnasked = unasked
      read().then(() => onUnasked?.(), () => onUnasked?.())
    },
    close() {
      if (connection.closed) return
      connection.closed = true
      socket.close()
    },
  }
  return connection
}

/** Takes up to `most` of the bytes that have come. */
export function take(connection: Connection, most: number): Uint8Array<ArrayBuffer> {
  const from = connection.start
  connection.start = Math.min(connection.end, from + most)
  return connection.buffer.subarray(from, connection.start)
}

/** Makes room in the buffer for more of what has to stand in it in one piece. false: it is full. */
export function compact(connection: Connection): boolean {
  const { buffer, start, end } = connection
  if (end < buffer.length) return true
  if (start === 0) {
    if (buffer.length >= MAX_BUFFER_BYTES) return false
    connection.buffer = new Uint8Array(2 * buffer.length)
    connection.buffer.set(buffer)
    return true
  }
  buffer.copyWithin(0, start, end)
  connection.start = 0
  connection.end = end - start
  return true
}
