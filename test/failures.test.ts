/** Whatever fails around the gateway, it serves: real hosts and sinks die here, in workerd and in Deno. */
import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import http from 'node:http'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { suite, type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { startLoad } from '../compiler/cluster/load.ts'
import { startNode } from '../compiler/cluster/nodes.ts'
import { emitFolder, writeFolder } from '../compiler/emit/folder.ts'
import { compile } from '../compiler/compile.ts'
import { readJson } from '../compiler/load/source.ts'
import { type Runtime, RUNTIMES } from '../compiler/runtimes.ts'
import { features } from '../features/index.ts'
import { type Host, startHost } from './dead-hosts.ts'
import { freePort } from './free-port.ts'
import { createGateway } from './gateway.ts'
import { createIssuer } from './issuer.ts'

const EXP = 4102444800

async function host(t: TestContext, body = '{"ok":true}'): Promise<Host> {
  const started = await startHost(body)
  t.after(() => started.stop())
  return started
}

interface Running {
  port: number
  get(headers?: Record<string, string>): Promise<number>
}

/** `prepare`: code that runs before the gateway's own, in Deno. */
async function start(t: TestContext, runtime: Runtime, config: object, prepare = ''): Promise<Running> {
  const folder = mkdtempSync(path.join(tmpdir(), 'cuttle-failures-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const { plan, secrets } = compile(readJson('gateway.json', JSON.stringify({ version: 3, ...config })), features, runtime)
  const files = await emitFolder(plan, runtime)
  writeFolder(folder, files)
  if (runtime === 'deno' && prepare) writeFileSync(path.join(folder, 'gateway.js'), `${prepare}\n${files['gateway.js']}`)
  const port = await freePort()
  const node = await startNode({ runtime, folder, env: secrets, listeners: plan.listeners.map(({ name }) => name) }, { number: 1, port, metricsPort: await freePort() })
  assert.ok(node, 'the gateway does not start')
  t.after(async () => {
    node.started.child.kill('SIGKILL')
    await node.started.ended
  })
  const get = async (headers: Record<string, string> = {}): Promise<number> => {
    const response = await fetch(`http://127.0.0.1:${port}/a`, { headers })
    await response.arrayBuffer()
    return response.status
  }
  return { port, get }
}

const endpoint = (hosts: readonly string[], client: object | null = null, more: object = {}): object => ({
  endpoint: '/a',
  timeout: '3s',
  ...more,
  backend: [{ host: hosts, url_pattern: '/', ...(client && { extra_config: { 'backend/http/client': client } }) }],
})

async function elapsed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now()
  await work()
  return performance.now() - from
}

for (const runtime of RUNTIMES) {
  suite(`in ${runtime}`, () => {
    test('of four upstream hosts one is killed and one swallows all, under load: no request fails', async (t) => {
      const hosts = [await host(t), await host(t), await host(t), await host(t)]
      const { port } = await start(t, runtime, { endpoints: [endpoint(hosts.map(({ url }) => url), { retry: { attempt_timeout: '300ms' } })] })
      const load = startLoad(port, ['/a'], 16)
      const until = async (count: number): Promise<void> => {
        while (load.answered + load.failed < count) await sleep(10)
      }
      await until(500)
      await hosts[0]!.kill()
      await until(1500)
      await hosts[1]!.swallow()
      await until(load.answered + 1500)
      await load.stop()
      assert.deepEqual([load.failed, [...load.failures]], [0, []])
    })

    test('a host that swallows all takes no longer than the endpoint has', async (t) => {
      const only = await host(t)
      const { get } = await start(t, runtime, { endpoints: [endpoint([only.url], null, { timeout: '500ms' })] })
      assert.equal(await get(), 200)
      await only.swallow()
      // The first may go over a kept connection; the next ones have to connect.
      for (let i = 0; i < 3; i++) assert.ok((await elapsed(async () => assert.equal(await get(), 500))) < 2000)
    })

    for (const [how, die] of [['refuses connections', (sink: Host) => sink.kill()], ['swallows all', (sink: Host) => sink.swallow()]] as const) {
      test(`a metrics sink that ${how}`, async (t) => {
        const [upstream, sink] = [await host(t), await host(t, '')]
        const { port, get } = await start(t, runtime, {
          extra_config: {
            'telemetry/opentelemetry': { service_name: 'g', metric_reporting_period: 1, trace_sample_rate: 1, exporters: { otlp: [{ name: 'o', host: '127.0.0.1', port: sink.port, use_http: true }] } },
            'telemetry/metrics': { endpoint_disabled: true },
            'telemetry/influx': { address: sink.url, ttl: '1s' },
          },
          endpoints: [endpoint([upstream.url])],
        })
        assert.equal(await get(), 200)
        await die(sink)
        const load = startLoad(port, ['/a'], 4)
        await sleep(2500)
        await load.stop()
        assert.deepEqual([load.failed, [...load.failures]], [0, []])
        const slowest = load.latencies.reduce((most, latency) => Math.max(most, latency), 0)
        assert.ok(load.answered > 300 && slowest < 1000, `${load.answered} answers, the slowest after ${slowest} ms`)
      })

      test(`an issuer of keys that ${how}`, async (t) => {
        const issuer = createIssuer()
        const [upstream, keys] = [await host(t), await host(t, JSON.stringify({ keys: Object.values(issuer.keys) }))]
        const validator = { alg: 'RS256', jwk_url: `${keys.url}/keys`, disable_jwk_security: true, cache: true, cache_duration: 1 }
        const { get } = await start(t, runtime, { endpoints: [endpoint([upstream.url], null, { extra_config: { 'auth/validator': validator } })] })
        const authorization = (sub: string): { authorization: string } => ({ authorization: `Bearer ${issuer.token('RS256', { sub, exp: EXP })}` })
        assert.equal(await get(authorization('ana')), 200)
        await die(keys)
        await sleep(1100)
        for (const sub of ['ana', 'ben', 'cleo']) assert.equal(await get(authorization(sub)), 200)
        assert.equal(await get({ authorization: `Bearer ${createIssuer().token('RS256', { sub: 'eve', exp: EXP })}` }), 401)
      })
    }
  })
}

/** A name server, or a resolver over HTTPS, that takes its time after its first answer. */
interface SlowNames {
  asked: number
  port: number
}
const SLOW_MS = 20_000

function slowNameServer(t: TestContext, port: number): Promise<SlowNames> {
  const names: SlowNames = { asked: 0, port: 0 }
  const socket = createSocket('udp4')
  socket.on('message', (query, from) => {
    if (names.asked++) return
    const question = query.subarray(12, query.indexOf(0, 12) + 5)
    const data = Buffer.from([0, 1, 0, 2, port >> 8, port & 0xff, ...Buffer.from('\x09localhost\x00', 'latin1')])
    const answer = Buffer.from([0xc0, 12, 0, 33, 0, 1, 0, 0, 0, 1, 0, data.length, ...data])
    socket.send(Buffer.concat([Buffer.from([query[0]!, query[1]!, 0x85, 0x80, 0, 1, 0, 1, 0, 0, 0, 0]), question, answer]), from.port, from.address)
  })
  t.after(() => socket.close())
  return new Promise((resolve) => socket.bind(0, '127.0.0.1', () => resolve(Object.assign(names, { port: socket.address().port }))))
}

function slowResolver(t: TestContext, port: number): Promise<SlowNames> {
  const names: SlowNames = { asked: 0, port: 0 }
  const server = http.createServer((request, response) => {
    const name = new URL(request.url!, 'http://resolver').searchParams.get('name')
    const answer = (): void => void response.setHeader('content-type', 'application/dns-json').end(JSON.stringify({ Status: 0, Answer: [{ name, type: 33, TTL: 1, data: `1 1 ${port} 127.0.0.1.` }] }))
    if (names.asked++) setTimeout(answer, SLOW_MS).unref()
    else answer()
  })
  t.after(() => (server.closeAllConnections(), server.close()))
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(Object.assign(names, { port: (server.address() as AddressInfo).port }))))
}

suite('DNS that is slow', () => {
  for (const runtime of RUNTIMES) {
    test(`holds up nobody in ${runtime} once a name is known`, async (t) => {
      const upstream = await host(t)
      const names = await (runtime === 'deno' ? slowNameServer : slowResolver)(t, upstream.port)
      const config = {
        dns_cache_ttl: '1s',
        extra_config: runtime === 'deno' ? {} : { 'cuttle/dns': { resolver: `http://127.0.0.1:${names.port}/dns-query` } },
        endpoints: [{ endpoint: '/a', timeout: '1s', backend: [{ host: ['_users._tcp.shop.internal'], sd: 'dns', url_pattern: '/' }] }],
      }
      const own = `const resolve = Deno.resolveDns; Deno.resolveDns = (name, type) => resolve(name, type, { nameServer: { ipAddr: '127.0.0.1', port: ${names.port} } })`
      const { get } = await start(t, runtime, config, own)
      assert.equal(await get(), 200)
      for (let i = 0; i < 3; i++) {
        await sleep(1100)
        assert.ok((await elapsed(async () => assert.equal(await get(), 200))) < 500)
      }
      assert.ok(names.asked > 1, 'nobody has asked again')
    })
  }
})

suite('bindings of Cloudflare', () => {
  const upstream = (): Promise<Response> => Promise.resolve(Response.json({ ok: true }))
  const failures: { readonly [how: string]: () => Promise<never> } = { 'answers errors': () => Promise.reject(new Error('down')), 'does not answer': () => new Promise(() => undefined) }

  for (const [how, fail] of Object.entries(failures)) {
    test(`a Durable Object that ${how}: on_failure decides about requests`, async () => {
      for (const [onFailure, status] of [['allow', 200], ['deny', 503]] as const) {
        const limit = { max_rate: 10, accuracy: 'global', on_failure: onFailure }
        const objects = { idFromName: (name: string) => name, get: () => ({ fetch: fail }) }
        const gateway = await createGateway({ version: 3, endpoints: [{ endpoint: '/a', extra_config: { 'qos/ratelimit/router': limit }, backend: [{ host: ['http://up'], url_pattern: '/' }] }] }, { fetch: upstream, binding: () => objects })
        const took = await elapsed(async () => {
          for (let i = 0; i < 5; i++) assert.equal((await gateway.fetch('/a')).status, status)
        })
        assert.ok(took < 2000, 'only the first is waited for')
      }
    })

    test(`KV that ${how}: the list of revoked tokens that is known goes on counting`, async () => {
      const issuer = createIssuer()
      const state = { now: Date.now(), down: false }
      const validator = { alg: 'RS256', jwk_url: 'http://id/keys', disable_jwk_security: true, cache: true }
      const config = {
        version: 3,
        extra_config: { 'auth/revoker': { token_keys: ['jti'], binding: 'REVOKED' } },
        endpoints: [{ endpoint: '/a', extra_config: { 'auth/validator': validator }, backend: [{ host: ['http://up'], url_pattern: '/' }] }],
      }
      const kv = { get: () => (state.down ? fail() : Promise.resolve('jti-bad\n')) }
      const fetch = (url: string): Promise<Response> => (url.startsWith('http://id') ? Promise.resolve(Response.json({ keys: Object.values(issuer.keys) })) : upstream())
      const gateway = await createGateway(config, { fetch, now: () => state.now, binding: (name) => (name === 'REVOKED' ? kv : undefined) })
      const statusOf = async (jti: string): Promise<number> => (await gateway.fetch('/a', { headers: { authorization: `Bearer ${issuer.token('RS256', { jti, exp: EXP })}` } })).status
      assert.deepEqual([await statusOf('good'), await statusOf('bad')], [200, 401])
      state.down = true
      for (let i = 0; i < 3; i++) {
        state.now += 61_000
        assert.deepEqual([await statusOf('good'), await statusOf('bad')], [200, 401])
      }
    })
  }
})
