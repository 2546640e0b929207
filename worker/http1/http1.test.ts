import assert from 'node:assert/strict'
import net from 'node:net'
import { after, test } from 'node:test'
import fc from 'fast-check'
import type { CallInit, Failure } from '../types.ts'
import { createClient } from './client.ts'
import type { Socket } from './connection.ts'

/** node:net in the form of Deno's connections. */
export function wrap(socket: net.Socket): Socket {
  const chunks: Uint8Array[] = []
  let ended = false
  let broken: Error | null = null
  let wake = (): void => undefined
  socket.on('data', (chunk) => {
    chunks.push(chunk)
    wake()
  })
  for (const event of ['end', 'close'] as const) socket.on(event, () => ((ended = true), wake()))
  socket.on('error', (error) => ((broken = error), wake()))
  return {
    async read(into) {
      while (!chunks.length && !ended && !broken) await new Promise<void>((resolve) => (wake = resolve))
      const chunk = chunks.shift()
      if (!chunk) {
        if (broken) throw broken
        return null
      }
      const count = Math.min(chunk.length, into.length)
      into.set(chunk.subarray(0, count))
      if (count < chunk.length) chunks.unshift(chunk.subarray(count))
      return count
    },
    write: (bytes) => new Promise((resolve, reject) => socket.write(bytes, (error) => (error ? reject(error) : resolve(bytes.length)))),
    close: () => void socket.destroy(),
  }
}

const sockets: net.Socket[] = []
const client = createClient(({ hostname, port }) => new Promise((resolve, reject) => {
  const socket = net.connect(port, hostname, () => resolve(wrap(socket)))
  sockets.push(socket)
  socket.on('error', reject)
}))
const init = (more: Partial<CallInit> = {}): CallInit => ({ method: 'GET', headers: { 'x-a': '1' }, body: null, length: null, signal: AbortSignal.timeout(3000), buffer: 1_000_000, gzip: true, ...more })

interface Upstream {
  url: string
  requests: string[]
  connections: number
}
const servers: net.Server[] = []
after(() => {
  for (const socket of sockets) socket.destroy()
  for (const server of servers) server.close()
})

/** Answers each request on a connection with the next of `answers`, written in the pieces given. Ends the connection where `end` says. */
async function serve(answers: readonly (readonly Uint8Array[])[], end = false): Promise<Upstream> {
  const upstream: Upstream = { url: '', requests: [], connections: 0 }
  const server = net.createServer((socket) => {
    upstream.connections++
    let turn = 0
    let request = ''
    socket.on('error', () => undefined)
    socket.on('data', async (data) => {
      request += data.toString('latin1')
      if (!request.includes('\r\n\r\n') || (/transfer-encoding/i.test(request) && !request.endsWith('0\r\n\r\n'))) return
      upstream.requests.push(request)
      request = ''
      for (const piece of answers[Math.min(turn++, answers.length - 1)]!) {
        socket.write(piece)
        await new Promise((resolve) => setImmediate(resolve))
      }
      if (end) socket.end()
    })
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  upstream.url = `http://127.0.0.1:${(server.address() as net.AddressInfo).port}/x?y=1`
  return upstream
}
const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1')
const once = (text: string): Uint8Array[][] => [[bytes(text)]]

test('bodies come whole, whatever the pieces in which they arrive', async () => {
  const pieces = fc.tuple(fc.uint8Array({ maxLength: 300 }), fc.constantFrom('length', 'chunked', 'close'), fc.array(fc.nat({ max: 400 }), { maxLength: 6 }), fc.boolean())
  await fc.assert(
    fc.asyncProperty(pieces, async ([body, framing, cuts, whole]) => {
      const head = { length: `Content-Length: ${body.length}\r\n`, chunked: 'Transfer-Encoding: chunked\r\n', close: 'Connection: close\r\n' }[framing]!
      const half = Math.floor(body.length / 2)
      const chunk = (part: Uint8Array): Uint8Array[] => (part.length ? [bytes(`${part.length.toString(16)};ext=1\r\n`), part, bytes('\r\n')] : [])
      const content = framing === 'chunked' ? [...chunk(body.subarray(0, half)), ...chunk(body.subarray(half)), bytes('0\r\nTrailer: x\r\n\r\n')] : [body]
      const all = Buffer.concat([bytes(`HTTP/1.1 200 OK\r\nX-B: 2\r\n${head}\r\n`), ...content])
      const at = [0, ...cuts.map((cut) => cut % all.length), all.length].toSorted((a, b) => a - b)
      const upstream = await serve([at.slice(1).map((end, i) => all.subarray(at[i]!, end))], framing === 'close')
      const response = await client(upstream.url, init(whole ? {} : { buffer: null }))
      assert.equal(response.status, 200)
      assert.equal(response.headers.get('x-b'), '2')
      assert.deepEqual(new Uint8Array(await response.arrayBuffer()), body)
    }),
    { numRuns: 150 },
  )
})

test('a connection is used again, and requests are written as they should be', async () => {
  const upstream = await serve(once('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'))
  for (let i = 0; i < 3; i++) assert.equal(await (await client(upstream.url, init())).text(), 'ok')
  assert.equal(upstream.connections, 1)
  assert.match(upstream.requests[0]!, /^GET \/x\?y=1 HTTP\/1\.1\r\nhost: 127\.0\.0\.1:\d+\r\nx-a: 1\r\n\r\n$/)
  await client(upstream.url, init({ method: 'POST', body: new TextEncoder().encode('abc') }))
  assert.match(upstream.requests.at(-1)!, /content-length: 3\r\n\r\nabc$|content-length: 3\r\n\r\n$/)
})

test('a streamed body is chunked, or has the length that is known', async () => {
  const upstream = await serve(once('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'))
  const stream = (): ReadableStream<Uint8Array> => new Blob(['hello']).stream()
  await client(upstream.url, init({ method: 'POST', body: stream() }))
  assert.match(upstream.requests[0]!, /transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n$/)
  await assert.rejects(client(upstream.url, init({ method: 'POST', body: stream(), length: 3 })), (failure: Failure) => /larger/.test(failure.message))
})

test('no header can end its line', async () => {
  const upstream = await serve(once('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'))
  await assert.rejects(client(upstream.url, init({ headers: { 'x-a': '1\r\nx-b: 2' } })), (failure: Failure) => failure.message === 'net/http: invalid header field value')
  assert.equal(upstream.requests.length, 0)
})

test('a kept connection that was closed: a GET is sent once more, a POST is not', async () => {
  for (const [method, headers, works] of [['GET', {}, true], ['POST', {}, false], ['POST', { 'idempotency-key': '1' }, true]] as const) {
    let connections = 0
    const server = net.createServer((socket) => {
      const first = ++connections === 1
      socket.on('error', () => undefined)
      let answered = 0
      socket.on('data', () => (first && answered++ ? socket.destroy() : socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')))
    })
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      const url = `http://127.0.0.1:${(server.address() as net.AddressInfo).port}/`
    await client(url, init())
    const again = client(url, init({ method, headers }))
    if (works) assert.equal((await again).status, 200)
    else await assert.rejects(again)
    assert.equal(connections, works ? 2 : 1)
  }
})

test('a header goes on in the next line, which begins with a blank', async () => {
  const { url } = await serve(once('HTTP/1.1 200 OK\r\nX-A: a\r\n  b\n\tc\r\n \r\n d\r\nX-B:\r\n 2\r\nContent-Length:\r\n 2\r\n\r\nok'))
  const response = await client(url, init())
  assert.deepEqual([response.headers.get('x-a'), response.headers.get('x-b'), await response.text()], ['a b c  d', '2', 'ok'])
})

test('the status of an answer that is an error is known before its body; of that the rest is read if it is there', { timeout: 5000 }, async () => {
  let open = 0
  const server = net.createServer((socket) => {
    open++
    socket.on('error', () => undefined).on('close', () => open--)
    socket.on('data', (data) => void socket.write(`HTTP/1.1 500 Oops\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n${data.includes('/whole') ? '0\r\n\r\n' : ''}`))
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as net.AddressInfo).port}`
  for (const [name, left] of [['/whole', 1], ['/endless', 0]] as const) {
    for (let i = 0; i < 3; i++) {
      const response = await client(origin + name, init({ signal: null }))
      assert.equal(response.status, 500)
      await response.body!.cancel()
      await new Promise((resolve) => setTimeout(resolve, 50))
      assert.equal(open, left, name)
    }
  }
})

test('a status that no answer can have is said', async () => {
  for (const status of [600, 999]) {
    const { url } = await serve(once(`HTTP/1.1 ${status} Odd\r\nContent-Length: 2\r\n\r\nno`))
    await assert.rejects(client(url, init()), { kind: 'network', message: `an answer of status ${status} can't be passed on` })
  }
})

test('what is malformed is refused: two ends that read it differently are how requests are smuggled', async () => {
  const heads = ['HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab', 'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n', 'HTTP/1.1 200 OK\r\n X: folded\r\n\r\n', 'HTTP/1.1 200 OK\r\nX y: 1\r\n\r\n', 'HTTP/2 200\r\n\r\n', 'nonsense\r\n\r\n', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n', '\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', 'HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 0\r\n\r\n', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(1_100_000)}\r\n\r\n`]
  for (const head of heads) {
    const upstream = await serve(once(head), true)
    await assert.rejects(client(upstream.url, init()).then((response) => response.text()), head.slice(0, 60))
  }
})

test('what Go reads is read: lines without carriage returns, chunks beside a length, long heads, zeros before a size', async () => {
  const answers = ['HTTP/1.1 200 OK\nX-A: 1\nContent-Length: 2\n\nok', 'HTTP/1.1 200 OK\r\nX-A: 1\nContent-Length: 2\r\n\nok', 'HTTP/1.1 200 OK\r\nX-A:1  \r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n0000000000002\r\nok\r\n0\r\n\r\n', `HTTP/1.1 200 OK\r\nX-Long: ${'x'.repeat(100_000)}\r\nX-A: 1\r\nContent-Length: 2\r\n\r\nok`]
  for (const answer of answers) {
    const upstream = await serve(once(answer))
    for (let i = 0; i < 2; i++) {
      const response = await client(upstream.url, init())
      assert.deepEqual([response.headers.get('x-a'), await response.text()], ['1', 'ok'], answer.slice(0, 60))
    }
    assert.equal(upstream.connections, answer.includes('Transfer') ? 2 : 1)
  }
})

test('heads hold bytes; those that no answer of Deno may have become spaces', async () => {
  const values = Buffer.from('€ café \x01\x0b\x1b\x7f', 'utf8')
  const upstream = await serve([[Buffer.concat([bytes('HTTP/1.1 200 OK\r\nX-A: '), values, bytes('|\r\nX-B: \x80\x93\xa0|\r\nX-C: '), Buffer.alloc(30_000, 0x20), bytes('c\r\nContent-Length: 0\r\n\r\n')])]])
  const { headers } = await client(upstream.url, init())
  assert.equal(Buffer.from(headers.get('x-a')!, 'latin1').toString(), '€ café     |')
  assert.equal(headers.get('x-b'), '\x80\x93\xa0|')
  assert.equal(headers.get('x-c'), 'c')
})

test('an answer that comes before the body is out is read at once', { timeout: 10_000 }, async () => {
  const answer = 'HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno'
  for (const [last, connections] of [['', 3], ['Connection: close\r\n', 3]] as const) {
    const upstream = { requests: 0, url: '' }
    const server = net.createServer((socket) => {
      socket.on('error', () => undefined)
      socket.once('data', () => {
        upstream.requests++
        socket.write(answer.replace('Content', `${last}Content`))
        if (last) socket.end()
      })
    })
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    upstream.url = `http://127.0.0.1:${(server.address() as net.AddressInfo).port}/`
    let cancelled = 0
    const endless = (): ReadableStream<Uint8Array> => new ReadableStream({ pull: async (controller) => (await new Promise((resolve) => setTimeout(resolve, 5)), controller.enqueue(new Uint8Array(10))), cancel: () => void cancelled++ })
    for (let i = 0; i < 3; i++) {
      const response = await client(upstream.url, init({ method: 'POST', body: endless() }))
      assert.deepEqual([response.status, await response.text()], [401, 'no'])
    }
    assert.equal(upstream.requests, connections)
    await new Promise((resolve) => setTimeout(resolve, 50))
    assert.equal(cancelled, 3, 'nobody sends on')
  }
})

test('an upstream that sends back what it reads, while it reads', { timeout: 10_000 }, async () => {
  const server = net.createServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', (head) => {
      socket.write('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n')
      socket.write(head.subarray(head.indexOf('\r\n\r\n') + 4))
      socket.pipe(socket)
    })
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as net.AddressInfo).port}/`
  const echo = (size: number): Promise<Response> => {
    let left = size
    const body = new ReadableStream<Uint8Array>({ pull: (controller) => (left ? (controller.enqueue(new Uint8Array(100_000)), (left -= 100_000)) : controller.close()) as void })
    return client(url, init({ method: 'POST', body, length: size, buffer: null }))
  }
  let count = 0
  for await (const piece of (await echo(3_000_000)).body!) if ((count += piece.length) >= 3_000_000) break
  assert.equal(count, 3_000_000)
  await assert.rejects(echo(40_000_000), (failure: Failure) => /before its request is out/.test(failure.message))
})

test('cut answers fail and too large ones are not held', async () => {
  for (const cut of ['HTTP/1.1 200 OK\r\nContent-Le', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab']) {
    const upstream = await serve(once(cut), true)
    await assert.rejects(client(upstream.url, init()))
    await assert.rejects(async () => (await client(upstream.url, init({ buffer: null }))).text())
  }
  const upstream = await serve(once(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${'3e8\r\n' + 'x'.repeat(1000) + '\r\n'}`.repeat(1)))
  await assert.rejects(client(upstream.url, init({ buffer: 500 })), (failure: Failure) => failure.kind === 'too-large')
})

test('a call ends with its signal, also when the body is on its way', async () => {
  const upstream = await serve(once('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc'))
  const controller = new AbortController()
  setTimeout(() => controller.abort(), 30)
  await assert.rejects(client(upstream.url, init({ signal: controller.signal })))
})

test('answers without a body: HEAD, 204, 304, and what comes before the answer', async () => {
  for (const [method, text, status] of [['HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n', 200], ['GET', 'HTTP/1.1 204 No Content\r\n\r\n', 204], ['GET', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n', 304], ['GET', 'HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', 200]] as const) {
    const upstream = await serve(once(text))
    const response = await client(upstream.url, init({ method }))
    assert.equal(response.status, status)
    assert.equal(await response.text(), '')
    await client(upstream.url, init({ method }))
    assert.equal(upstream.connections, 1)
  }
})

test('who connects for longer than the call has is not waited for, and let go when it comes', async () => {
  let closed = 0
  let connected = (): void => undefined
  const slow = createClient(() => new Promise((resolve) => (connected = () => resolve({ read: () => Promise.resolve(null), write: () => Promise.resolve(0), close: () => void closed++ }))))
  await assert.rejects(slow('http://nowhere/', init({ signal: AbortSignal.timeout(20) })), { kind: 'network', message: 'the call was ended' })
  connected()
  await new Promise((resolve) => setTimeout(resolve, 5))
  assert.equal(closed, 1)
})

test('a request goes out in one piece: the second of two small ones would wait for the first to be acknowledged', async () => {
  const writes: string[] = []
  const answer = new TextEncoder().encode('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok')
  const recording = createClient(() => {
    let answered = false
    const socket: Socket = {
      read(into) {
        if (answered) return new Promise(() => undefined)
        answered = true
        into.set(answer)
        return Promise.resolve(answer.length)
      },
      write(bytes) {
        writes.push(new TextDecoder().decode(bytes))
        return Promise.resolve(bytes.length)
      },
      close: () => undefined,
    }
    return Promise.resolve(socket)
  })
  const post = async (body: CallInit['body'], length: number | null): Promise<string[]> => {
    writes.length = 0
    await (await recording(`http://${Math.random()}.test/`, init({ method: 'POST', headers: {}, body, length }))).text()
    return writes.map((text) => text.replace(/^[^]*\r\n\r\n/, '…'))
  }
  const streamOf = (...pieces: string[]): ReadableStream<Uint8Array> => 
    new ReadableStream({
      start(controller) {
        for (const piece of pieces) controller.enqueue(new TextEncoder().encode(piece))
        controller.close()
      },
    })
  assert.deepEqual(await post(new TextEncoder().encode('body'), null), ['…body'])
  assert.deepEqual(await post(streamOf('body'), 4), ['…body'])
  assert.deepEqual(await post(streamOf('bo', 'dy'), null), ['…2\r\nbo\r\n', '2\r\ndy\r\n', '0\r\n\r\n'].map((text, i) => (i === 2 ? '…' : text)))
  assert.deepEqual(await post(streamOf(), 0), ['…'])
})

test('a body that came whole is read in any form, and once', async () => {
  const { url } = await serve([[bytes('HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\n{"a":1}')]])
  const get = (): Promise<Response> => client(url, init())
  assert.equal(new TextDecoder().decode(await (await get()).arrayBuffer()), '{"a":1}')
  assert.equal(await (await get()).text(), '{"a":1}')
  assert.deepEqual(await (await get()).json(), { a: 1 })
  assert.equal((await (await get()).blob()).size, 7)
  assert.equal((await (await get()).bytes()).length, 7)
  assert.equal(await new Response((await get()).body).text(), '{"a":1}')
  const response = await get()
  const copy = response.clone()
  assert.deepEqual([response.status, response.bodyUsed, copy.status], [200, false, 200])
  const read = new Uint8Array(await response.arrayBuffer())
  read.fill(0)
  assert.equal(await copy.text(), '{"a":1}', 'the copy is one of its own')
  assert.equal(response.bodyUsed, true)
  await assert.rejects(response.arrayBuffer(), TypeError)
  await assert.rejects(response.text(), TypeError)
  const taken = await get()
  await taken.arrayBuffer()
  assert.equal(taken.bodyUsed, true)
  await assert.rejects(taken.text(), TypeError)
  await assert.rejects(taken.arrayBuffer(), TypeError)
})

test('what is passed on comes whole where it has come with its head, and as a stream where it has not', async () => {
  const pass = async (...pieces: string[]): Promise<Response> => client((await serve([pieces.map(bytes)], true)).url, init({ buffer: null }))
  assert.equal(await (await pass('HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabc')).text(), 'abc')
  const cut = await pass('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n', 'abc')
  assert.equal(cut.status, 200, 'its head is out before it breaks off')
  await assert.rejects(cut.text())
})

test('gzip without a body stays as it is; a query goes out as it is written, where that can be', async () => {
  const { url, requests } = await serve([[bytes('HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 0\r\n\r\n')], [bytes('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n')], [bytes('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n')]])
  const empty = await client(url, init())
  assert.deepEqual([empty.headers.get('content-encoding'), await empty.text()], ['gzip', ''])
  const { origin } = new URL(url)
  await client(`${origin}/x?a='b'&c="<d>"`, init())
  await client(`${origin}/x?a=é b#c`, init())
  assert.deepEqual(requests.slice(1).map((text) => text.slice(0, text.indexOf('\r\n'))), [`GET /x?a='b'&c="<d>" HTTP/1.1`, 'GET /x?a=%C3%A9%20b HTTP/1.1'])
})
