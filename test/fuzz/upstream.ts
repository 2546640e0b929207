/** An upstream that answers as no upstream should. Raw bytes over TCP, since an HTTP server would set most of it right. */
import type { AddressInfo } from 'node:net'
import net, { type Socket } from 'node:net'
import { deflateRawSync, gzipSync } from 'node:zlib'
import type { Random } from './random.ts'

type Attack = (socket: Socket, random: Random) => void

const head = (...fields: string[]): string => `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n${fields.map((field) => `${field}\r\n`).join('')}\r\n`
const whole = (body: string | Uint8Array, ...fields: string[]): Buffer => Buffer.concat([Buffer.from(head(`Content-Length: ${Buffer.byteLength(body)}`, ...fields)), Buffer.from(body)])
/** 64 MB of zeros, four times over: more than what may be held in memory. */
const BOMB = gzipSync(Buffer.alloc(64 << 20))

/** Sends pieces for as long as the other side takes them. */
function pour(socket: Socket, piece: Buffer): void {
  const more = (): void => {
    while (!socket.destroyed && socket.write(piece));
  }
  socket.on('drain', more)
  more()
}

/** One piece every few milliseconds, without an end. */
function drip(socket: Socket, piece: Buffer | string, ms: number): void {
  const timer = setInterval(() => socket.write(piece), ms)
  socket.on('close', () => clearInterval(timer))
}

export const ATTACKS: { readonly [name: string]: Attack } = {
  good: (socket) => socket.write(whole('{"good":true}')),
  closed: (socket) => socket.destroy(),
  reset: (socket) => socket.resetAndDestroy(),
  silent: () => undefined,
  'cut-head': (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Ty'),
  'cut-body': (socket) => socket.end(`${head('Content-Length: 1000')}{"a":`),
  'cut-chunk': (socket) => socket.end(`${head('Transfer-Encoding: chunked')}ff\r\n{"a":1`),
  'too-long': (socket) => socket.end(`${head('Content-Length: 7')}{"a":1}HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nother`),
  'no-number': (socket) => socket.end(`${head('Content-Length: many')}{"a":1}`),
  negative: (socket) => socket.end(`${head('Content-Length: -7')}{"a":1}`),
  'huge-length': (socket) => socket.end(`${head('Content-Length: 99999999999999999999')}{"a":1}`),
  'two-lengths': (socket) => socket.end(`${head('Content-Length: 7', 'Content-Length: 3')}{"a":1}`),
  'length-and-chunks': (socket) => socket.end(`${head('Content-Length: 3', 'Transfer-Encoding: chunked')}7\r\n{"a":1}\r\n0\r\n\r\n`),
  'odd-coding': (socket) => socket.end(`${head('Transfer-Encoding: chunked, identity')}7\r\n{"a":1}\r\n0\r\n\r\n`),
  'bad-chunk-size': (socket) => socket.end(`${head('Transfer-Encoding: chunked')}zz\r\n{"a":1}\r\n0\r\n\r\n`),
  'huge-chunk-size': (socket) => socket.end(`${head('Transfer-Encoding: chunked')}ffffffffffffffffff\r\n{"a":1}\r\n0\r\n\r\n`),
  'long-chunk-line': (socket) => {
    socket.write(head('Transfer-Encoding: chunked'))
    pour(socket, Buffer.alloc(1 << 14, '7;'))
  },
  'many-trailers': (socket) => {
    socket.write(`${head('Transfer-Encoding: chunked')}7\r\n{"a":1}\r\n0\r\n`)
    pour(socket, Buffer.from('x: y\r\n'.repeat(2000)))
  },
  'huge-header': (socket) => socket.end(whole('{"a":1}', `X-Huge: ${'h'.repeat(1 << 20)}`)),
  'many-headers': (socket) => socket.end(whole('{"a":1}', ...Array.from({ length: 20_000 }, (_, i) => `X-${i}: ${i}`))),
  'endless-headers': (socket) => {
    socket.write('HTTP/1.1 200 OK\r\n')
    pour(socket, Buffer.from('X-More: and more\r\n'.repeat(1000)))
  },
  'header-with-nul': (socket) => socket.end(whole('{"a":1}', 'X-Nul: a\0b')),
  'header-without-name': (socket) => socket.end(whole('{"a":1}', ': nameless', 'no colon')),
  'folded-header': (socket) => socket.end(whole('{"a":1}', 'X-Folded: a\r\n b')),
  'smuggled-header': (socket) => socket.end(whole('{"a":1}', 'X-Cr: a\rTransfer-Encoding: chunked')),
  garbage: (socket, random) => socket.end(random.bytes(random.number(4096))),
  'garbage-body': (socket, random) => socket.end(whole(random.bytes(random.number(4096)))),
  'random-status': (socket, random) => socket.end(`HTTP/1.1 ${random.number(1000)} Odd\r\nContent-Length: 7\r\n\r\n{"a":1}`),
  'no-content-with-body': (socket) => socket.end('HTTP/1.1 204 No Content\r\nContent-Length: 7\r\n\r\n{"a":1}'),
  // Not as fast as it would go: workerd itself reads interim answers without a pause, and nothing else meanwhile.
  'interim-for-ever': (socket) => drip(socket, 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(100), 5),
  upgrade: (socket) => socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: odd\r\n\r\n'),
  'redirect-to-itself': (socket) => socket.end('HTTP/1.1 302 Found\r\nLocation: /redirect-to-itself\r\nContent-Length: 0\r\n\r\n'),
  'redirect-nowhere': (socket, random) => socket.end(`HTTP/1.1 302 Found\r\nLocation: ${random.pick(['', 'http://', '//', 'javascript:1', 'http://[::', '\x7f'])}\r\nContent-Length: 0\r\n\r\n`),
  'bad-gzip': (socket, random) => socket.end(whole(random.bytes(500), 'Content-Encoding: gzip')),
  'cut-gzip': (socket) => socket.end(whole(gzipSync(`{"a":"${'long'.repeat(999)}"}`).subarray(0, 20), 'Content-Encoding: gzip')),
  'gzip-that-is-none': (socket) => socket.end(whole('{"a":1}', 'Content-Encoding: gzip')),
  'deflate-as-gzip': (socket) => socket.end(whole(deflateRawSync('{"a":1}'), 'Content-Encoding: gzip')),
  'odd-encoding': (socket) => socket.end(whole('{"a":1}', 'Content-Encoding: br, gzip, odd')),
  'gzip-bomb': (socket) => socket.end(whole(Buffer.concat([BOMB, BOMB, BOMB, BOMB]), 'Content-Encoding: gzip')),
  'drip-head': (socket) => drip(socket, 'H', 20),
  'drip-body': (socket) => {
    socket.write(head('Transfer-Encoding: chunked'))
    drip(socket, '1\r\n[\r\n', 20)
  },
  'endless-chunks': (socket) => {
    socket.write(head('Transfer-Encoding: chunked'))
    pour(socket, Buffer.from(`10000\r\n${' '.repeat(0x10000)}\r\n`))
  },
  'endless-until-close': (socket) => {
    socket.write(head('Connection: close'))
    pour(socket, Buffer.alloc(1 << 16, '['))
  },
  'deep-json': (socket) => socket.end(whole('['.repeat(200_000))),
  'deep-object': (socket) => socket.end(whole(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`)),
  'deep-xml': (socket) => socket.end(whole(`${'<a>'.repeat(50_000)}${'</a>'.repeat(50_000)}`)),
  'xml-entities': (socket) => socket.end(whole('<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;">]><a>&d;&d;&d;</a>')),
  'huge-number': (socket) => socket.end(whole(`{"n":1${'0'.repeat(100_000)}}`)),
  'many-members': (socket) => socket.end(whole(JSON.stringify(Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`m${i}`, i]))))),
  'proto-members': (socket) => socket.end(whole('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"a":{"__proto__":null}}')),
  'lone-surrogates': (socket) => socket.end(whole(String.raw`{"a":"\ud800","\udfff":1}`)),
}
export const ATTACK_NAMES: readonly string[] = Object.keys(ATTACKS)

export interface HostileUpstream {
  address: string
  stop(): Promise<void>
}

/** Serves `/NAME` of the attacks. Connections end by themselves after ten seconds. */
export function startHostileUpstream(random: Random): Promise<HostileUpstream> {
  const open = new Set<Socket>()
  const server = net.createServer((socket) => {
    open.add(socket)
    socket.setTimeout(10_000, () => socket.destroy())
    socket.on('error', () => undefined)
    socket.on('close', () => open.delete(socket))
    socket.on('data', (data) => {
      const [, name] = /^[A-Z]+ \/([\w-]*)/.exec(data.toString('latin1')) ?? []
      if (name !== undefined) (ATTACKS[name] ?? ATTACKS.good!)(socket, random)
    })
  })
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      const stop = (): Promise<void> => {
        for (const socket of open) socket.destroy()
        return new Promise((done) => server.close(() => done()))
      }
      resolve({ address: `http://127.0.0.1:${port}`, stop })
    })
  })
}
