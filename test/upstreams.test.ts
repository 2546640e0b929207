/** Upstreams that do not behave, over connections as they are in workerd and in Deno. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import net, { type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, suite, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { listens, RUNTIMES } from '../compiler/runtimes.ts'
import { freePort } from './free-port.ts'

const CLI = fileURLToPath(new URL('../compiler/cli.ts', import.meta.url))
const OK = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n'
const NO_ONE = 'http://127.0.0.1:19'

/** By path; `turn` counts the requests of a connection. */
const REPLIES: { readonly [path: string]: (socket: net.Socket, turn: number) => void } = {
  '/ok': (socket) => void socket.write(`${OK}Content-Length: 11\r\n\r\n{"ok":true}`),
  // Closes when it is asked again.
  '/once': (socket, turn) => void (turn === 1 ? socket.write(`${OK}Content-Length: 11\r\n\r\n{"ok":true}`) : socket.end()),
  '/never': (socket) => void socket.end(),
  '/cut': (socket) => void socket.end(`${OK}Content-Length: 20\r\n\r\n{"ok":true}`),
  '/endless': (socket) => void socket.write('HTTP/1.1 500 Oops\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n'),
  '/status': (socket) => void socket.write('HTTP/1.1 600 Odd\r\nContent-Length: 0\r\n\r\n'),
  '/pieces': (socket) => {
    socket.write(`${OK}Transfer-Encoding: chunked\r\n\r\n5\r\n{"ok"\r\n`)
    setTimeout(() => socket.write('6\r\n:true}\r\n0\r\n\r\n'), 50)
  },
}

const script = (code: object): object => ({ 'modifier/lua-proxy': code })
const config = (host: string): object => {
  const endpoint = (endpoint: string, url_pattern: string, more: object = {}, hosts = host): object => ({ endpoint, timeout: '3s', ...more, backend: [{ host: [hosts], url_pattern }] })
  const passed = { output_encoding: 'no-op' }
  return {
    version: 3,
    endpoints: [
      ...Object.keys(REPLIES).flatMap((name) => [endpoint(name, name), endpoint(`/passed${name}`, name, passed)]),
      endpoint('/posted', '/once', { ...passed, method: 'POST' }),
      endpoint('/dead/{id}', '/{id}?key=secret', {}, NO_ONE),
      endpoint('/short', '/pieces', { ...passed, extra_config: script({ post: "response.load():headers('Content-Length', '3')" }) }),
      ...['3', '4'].map((value) => ({
        ...endpoint(`/lengths/${value}`, '/ok', { ...passed, method: 'POST' }),
        backend: [{ host: [host], url_pattern: '/ok', extra_config: { 'modifier/martian': { 'header.Modifier': { scope: ['request'], name: 'Content-Length', value } } } }],
      })),
      endpoint('/short-request', '/ok', { ...passed, method: 'POST', extra_config: script({ pre: "request.load():headers('Content-Length', '3')" }) }),
      endpoint('/claims', '/ok', { ...passed, method: 'POST', extra_config: script({ pre: "local r = request.load(); r:headers('Content-Length', '4'); r:headers('Host', 'other'); r:headers('Transfer-Encoding', 'chunked')" }) }),
    ],
  }
}

interface Running {
  url: string
  /** The requests that have come since the last call. */
  asked(): string[]
  logged(): string
  stop(): Promise<void>
}

async function start(runtime: string): Promise<Running> {
  let asked: string[] = []
  const sockets = new Set<net.Socket>()
  const upstream = net.createServer((socket) => {
    let turn = 0
    sockets.add(socket)
    socket.on('error', () => undefined).on('data', (data) => {
      asked.push(data.toString())
      REPLIES[/^\S+ (\S+)/.exec(data.toString())![1]!]?.(socket, ++turn)
    })
  })
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
  const folder = mkdtempSync(path.join(tmpdir(), 'cuttle-upstreams-'))
  writeFileSync(path.join(folder, 'gateway.json'), JSON.stringify(config(`http://127.0.0.1:${(upstream.address() as AddressInfo).port}`)))
  const port = await freePort()
  const child = spawn(process.execPath, [CLI, 'run', '--runtime', runtime, '-c', path.join(folder, 'gateway.json'), '-p', String(port)])
  let log = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (log += data))
  const ended = new Promise<number>((resolve) => child.on('close', (code) => resolve(code ?? 0)))
  assert.ok(await listens('127.0.0.1', port, { ended }), log)
  return {
    url: `http://127.0.0.1:${port}`,
    asked: () => asked.splice(0),
    logged: () => log,
    async stop() {
      child.kill('SIGTERM')
      await ended
      for (const socket of sockets) socket.destroy()
      upstream.close()
      rmSync(folder, { recursive: true })
    },
  }
}

for (const runtime of RUNTIMES) {
  suite(`upstreams of ${runtime}`, () => {
    let gateway!: Running
    before(async () => void (gateway = await start(runtime)))
    after(() => gateway.stop())
    const get = async (name: string, init: RequestInit = {}): Promise<string> => {
      const response = await fetch(gateway.url + name, init)
      return `${response.status} ${await response.text()}`
    }

    test('what a kept connection has lost is sent once more, if it may be', async () => {
      for (const name of ['/once', '/passed/once']) for (let i = 0; i < 4; i++) assert.equal(await get(name), '200 {"ok":true}')
      gateway.asked()
      const posts: string[] = []
      for (let i = 0; i < 4; i++) posts.push(await get('/posted', { method: 'POST', body: 'a' }))
      assert.ok(posts.includes('500 '))
      assert.equal(gateway.asked().length, 4)
    })

    test('who breaks off is asked once, and so is who never answers, unless a connection may have been kept', async () => {
      for (let i = 0; i < 3; i++) assert.equal(await get('/cut'), '500 ')
      for (const name of ['/never', '/passed/never']) assert.equal(await get(name), '500 ')
      gateway.asked()
      for (const name of ['/never', '/passed/never']) for (let i = 0; i < 3; i++) assert.equal(await get(name), '500 ')
      assert.equal(gateway.asked().length, 6)
    })

    test('an error is answered by its status, before its body is there', async () => {
      const from = performance.now()
      assert.equal(await get('/endless'), '500 ')
      assert.ok(performance.now() - from < 1000)
    })

    test("scripts can't say where a message ends, nor whom it is for", async () => {
      assert.equal(await get('/short'), '200 {"ok":true}')
      gateway.asked()
      assert.equal(await get('/claims', { method: 'POST', body: 'four' }), '200 {"ok":true}')
      const [head = ''] = gateway.asked()
      for (const [name, status] of [['/lengths/4', 200], ['/lengths/3', 500], ['/short-request', 500]] as const) assert.match(await get(name, { method: 'POST', body: 'four' }), new RegExp(`^${status} `), name)
      assert.deepEqual(head.match(/^(host: 127|content-length: 4|host|content-length|transfer-encoding)/gim)?.map((line) => line.toLowerCase()).toSorted(), ['content-length: 4', 'host: 127'])
    })

    test('the log says who could not be reached, and no secrets', async () => {
      assert.equal(await get('/dead/a'), '500 ')
      assert.equal(await get('/passed/status'), '500 ')
      assert.match(gateway.logged(), /GET \/dead\/:id: Get "http:\/\/127\.0\.0\.1:19\/a": \w+/)
      assert.match(gateway.logged(), /GET \/passed\/status: .*an answer of status 600 can't be passed on/)
      assert.doesNotMatch(gateway.logged(), /secret/)
    })
  })
}
