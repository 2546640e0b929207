/** `sd: dns`: SRV records, asked over HTTPS on Workers and of the system elsewhere. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { Resolver } from 'node:dns/promises'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { suite, type TestContext, test } from 'node:test'
import { emitFolder } from '../../compiler/emit/folder.ts'
import { compile } from '../../compiler/compile.ts'
import { readJson } from '../../compiler/load/source.ts'
import { denoPath } from '../../compiler/runtimes.ts'
import { features } from '../../features/index.ts'
import { createGateway } from '../../test/gateway.ts'
import { freePort } from '../../test/free-port.ts'
import { startGateway } from '../../testing/index.ts'
import { startUpstream } from '../../testing/upstream.ts'
import type { SrvRecord } from '../types.ts'
import { hostsOf } from './discover.ts'

const NAME = '_users._tcp.shop.internal'
const record = (port: number, more: Partial<SrvRecord> = {}): SrvRecord => ({ priority: 1, weight: 1, port, target: '127.0.0.1.', ...more })
const configOf = (more: object = {}, extra: object = {}): object => ({
  version: 3,
  endpoints: [{ endpoint: '/', timeout: '1s', backend: [{ host: [NAME], sd: 'dns', url_pattern: '/who', ...more }] }],
  extra_config: extra,
})

suite('hosts of records', () => {
  const names = (...records: SrvRecord[]): string[] => hostsOf(records, 'http')

  test('only the first priority counts; the dot at the end goes', () => {
    assert.deepEqual(names(record(1, { priority: 20, target: 'b.' }), record(2, { priority: 10, target: 'a.' }), record(3, { priority: 10, target: 'c' })), ['http://a:2', 'http://c:3'])
  })

  test('each stands as often as its weight says', () => {
    assert.deepEqual(names(record(1, { weight: 2 }), record(2, { weight: 1 }), record(3, { weight: 0 })), ['http://127.0.0.1:1', 'http://127.0.0.1:1', 'http://127.0.0.1:2'])
    assert.deepEqual(names(record(1, { weight: 0 }), record(2, { weight: 0 })), ['http://127.0.0.1:1', 'http://127.0.0.1:2'])
  })

  test('large weights make no large list', () => {
    const hosts = names(record(1, { weight: 60_000 }), record(2, { weight: 20_000 }))
    assert.deepEqual([hosts.length, hosts.filter((host) => host.endsWith(':1')).length], [100, 75])
  })

  test('many records of small weights are all there', () => {
    assert.equal(names(...Array.from({ length: 250 }, (_, i) => record(1000 + i))).length, 250)
  })
})

suite('a list is used until its time is up', () => {
  /** A platform that is told the time and the records. */
  async function gatewayOf(more: object = {}) {
    const state = { now: 0, records: [record(1)] as SrvRecord[] | null, asked: [] as string[], hangs: false }
    const gateway = await createGateway(configOf(more), {
      now: () => state.now,
      resolveSrv: (name) => {
        state.asked.push(name)
        if (state.hangs) return new Promise(() => undefined)
        return state.records ? Promise.resolve(state.records) : Promise.reject(new Error('no such name'))
      },
      fetch: (url) => Promise.resolve(Response.json({ url })),
    })
    return { state, gateway, ask: async () => ((await (await gateway.fetch('/')).json()) as { url: string }).url }
  }

  test('and renewed behind a request', async () => {
    const { state, gateway, ask } = await gatewayOf()
    assert.equal(await ask(), 'http://127.0.0.1:1/who')
    state.records = [record(2)]
    state.now = 29_000
    assert.equal(await ask(), 'http://127.0.0.1:1/who')
    assert.deepEqual(state.asked, [NAME])
    state.now = 30_000
    assert.equal(await ask(), 'http://127.0.0.1:1/who')
    await Promise.all(gateway.pending)
    assert.equal(await ask(), 'http://127.0.0.1:2/who')
    assert.deepEqual(state.asked, [NAME, NAME])
  })

  test('where that fails the old one stays, and the log has the reason', async () => {
    const { state, gateway, ask } = await gatewayOf()
    await ask()
    state.records = null
    state.now = 60_000
    await ask()
    await Promise.all(gateway.pending)
    assert.equal(await ask(), 'http://127.0.0.1:1/who')
    assert.deepEqual(gateway.logs, [`SRV ${NAME}: no such name`])
  })

  test('without any there are no hosts: 500, and the next request asks again', async () => {
    const { state, gateway, ask } = await gatewayOf()
    state.records = null
    assert.equal((await gateway.fetch('/')).status, 500)
    assert.ok(gateway.logs.some((line) => line.includes('no hosts available')))
    state.records = [record(7)]
    assert.equal(await ask(), 'http://127.0.0.1:7/who')
  })

  test('a resolver that hangs is waited for as long as the endpoint has time', async () => {
    const { state, gateway } = await gatewayOf()
    state.hangs = true
    const from = performance.now()
    assert.equal((await gateway.fetch('/')).status, 500)
    assert.ok(performance.now() - from < 1500)
  })

  test('sd_scheme', async () => {
    const { ask } = await gatewayOf({ sd_scheme: 'https' })
    assert.equal(await ask(), 'https://127.0.0.1:1/who')
  })

  test('`sd: static` and names that nobody has are no discovery', async () => {
    const { ask } = await gatewayOf({ sd: 'static', host: ['http://fixed.internal'] })
    assert.equal(await ask(), 'http://fixed.internal/who')
  })
})

suite('over HTTPS', () => {
  /** Answers as public resolvers do. */
  async function startResolver(t: TestContext, answers: (name: string) => object | null): Promise<{ url: string; asked: string[] }> {
    const asked: string[] = []
    const server = http.createServer(({ url, headers }, response) => {
      const { searchParams } = new URL(url!, 'http://resolver')
      asked.push(`${searchParams.get('type')} ${searchParams.get('name')} ${headers.accept}`)
      const answer = answers(searchParams.get('name')!)
      response.writeHead(answer ? 200 : 503, { 'content-type': 'application/dns-json' }).end(JSON.stringify(answer))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    t.after(() => server.close())
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/dns-query`, asked }
  }

  test('in workerd, by the JSON that resolvers speak', async (t) => {
    const upstream = await startUpstream({ 'GET /who': { json: { who: 'found' } } })
    t.after(() => upstream.stop())
    const cname = { name: NAME, type: 5, TTL: 60, data: 'elsewhere.' }
    const resolver = await startResolver(t, (name) => ({ Status: 0, Answer: [cname, { name, type: 33, TTL: 60, data: `10 5 ${new URL(upstream.url).port} 127.0.0.1.` }] }))
    await using gateway = await startGateway({ config: configOf({}, { 'cuttle/dns': { resolver: resolver.url } }) })
    for (let i = 0; i < 3; i++) assert.deepEqual(await (await gateway.fetch('/')).json(), { who: 'found' })
    assert.deepEqual(resolver.asked, [`SRV ${NAME} application/dns-json`])
  })

  test('no answer, an error and an empty answer are no hosts', async (t) => {
    for (const answer of [null, { Status: 3 }, { Status: 0, Answer: [] }]) {
      const resolver = await startResolver(t, () => answer)
      const gateway = await createGateway(configOf({}, { 'cuttle/dns': { resolver: resolver.url } }), {})
      assert.equal((await gateway.fetch('/')).status, 500)
      assert.match(gateway.logs[0]!, answer ? /SRV .*: no such records$/ : /SRV .*: .* answered 503$/)
    }
  })
})

suite('of the system', () => {
  /** A name server that has one record for every name. */
  async function startNameServer(t: TestContext, port: number): Promise<number> {
    const socket = createSocket('udp4')
    socket.on('message', (query, from) => {
      const question = query.subarray(12, query.indexOf(0, 12) + 5)
      const target = Buffer.from('\x09localhost\x00', 'latin1')
      const data = Buffer.from([0, 1, 0, 2, port >> 8, port & 0xff, ...target])
      const header = Buffer.from([query[0]!, query[1]!, 0x85, 0x80, 0, 1, 0, 1, 0, 0, 0, 0])
      const answer = Buffer.from([0xc0, 12, 0, 33, 0, 1, 0, 0, 0, 60, 0, data.length, ...data])
      socket.send(Buffer.concat([header, question, answer]), from.port, from.address)
    })
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
    t.after(() => socket.close())
    return socket.address().port
  }
  const upstreamFor = async (t: TestContext) => {
    const upstream = await startUpstream({ 'GET /who': { json: { who: 'found' } } })
    t.after(() => upstream.stop())
    return { port: Number(new URL(upstream.url).port) }
  }

  test('Node', async (t) => {
    const { port } = await upstreamFor(t)
    const resolver = new Resolver()
    resolver.setServers([`127.0.0.1:${await startNameServer(t, port)}`])
    const called: string[] = []
    const { fetch } = await createGateway(configOf(), {
      resolveSrv: async (name) => (await resolver.resolveSrv(name)).map(({ name: target, ...rest }) => ({ ...rest, target })),
      fetch: (url) => Promise.resolve(Response.json({ called: called.push(url) })),
    })
    assert.equal((await fetch('/')).status, 200)
    assert.deepEqual(called, [`http://localhost:${port}/who`])
  })

  test('Deno', async (t) => {
    const { port: upstreamPort } = await upstreamFor(t)
    const folder = mkdtempSync(path.join(tmpdir(), 'cuttle-discover-'))
    const { plan } = compile(readJson('gateway.json', JSON.stringify(configOf())), features)
    const { 'gateway.js': code } = await emitFolder(plan, 'deno')
    writeFileSync(path.join(folder, 'gateway.js'), code!)
    const server = await startNameServer(t, upstreamPort)
    // Deno's own resolver, but of our name server.
    const asks = `const resolve = Deno.resolveDns; Deno.resolveDns = (name, type) => resolve(name, type, { nameServer: { ipAddr: '127.0.0.1', port: ${server} } })`
    writeFileSync(path.join(folder, 'main.js'), `${asks}\nawait import('./gateway.js')\n`)
    const port = await freePort()
    const child: ChildProcess = spawn(denoPath(), ['run', '--allow-all', '--quiet', '--no-lock', path.join(folder, 'main.js')], { env: { ...process.env, PORT: String(port) }, stdio: ['ignore', 'inherit', 'inherit'] })
    t.after(() => {
      child.kill()
      rmSync(folder, { recursive: true })
    })
    assert.deepEqual(await ask(`http://127.0.0.1:${port}/`), { who: 'found' })
  })
})

/** The answer, once something listens. */
async function ask(url: string): Promise<unknown> {
  for (let tries = 0; ; tries++) {
    try {
      return await (await fetch(url)).json()
    } catch (error) {
      if (tries > 100) throw error
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}
