/** `retry` and `eject` of backend/http/client, of upstreams that a test lets die. */
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { createGateway, type TestGateway } from '../../test/gateway.ts'
import { compile } from '../../compiler/compile.ts'
import { readJson } from '../../compiler/load/source.ts'
import { features } from '../../features/index.ts'
import type { CallInit } from '../types.ts'

const HOSTS = ['http://a', 'http://b', 'http://c']

interface World {
  gateway: TestGateway
  now: number
  /** Hosts that do not answer well, and how. */
  bad: Map<string, 'refuses' | 'hangs' | number>
  called: string[]
  status(path?: string, init?: RequestInit): Promise<number>
}

const configOf = (client: object | null, more: object = {}, endpoint: object = {}): object => ({
  version: 3,
  endpoints: [{ endpoint: '/', timeout: '300ms', ...endpoint, backend: [{ host: HOSTS, url_pattern: '/', ...more, ...(client && { extra_config: { 'backend/http/client': client } }) }] }],
})

async function world(client: object | null, more: object = {}, endpoint: object = {}): Promise<World> {
  const state = { now: 0, bad: new Map<string, 'refuses' | 'hangs' | number>(), called: [] as string[] }
  const fetch = (url: string, { signal }: CallInit): Promise<Response> => {
    const host = new URL(url).origin
    state.called.push(host)
    const bad = state.bad.get(host)
    if (bad === 'hangs') return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new Error('aborted'))))
    if (bad === 'refuses') return Promise.reject(new Error('connection refused'))
    return Promise.resolve(bad === undefined ? Response.json({ host }) : new Response('bad', { status: bad }))
  }
  const gateway = await createGateway(configOf(client, more, endpoint), { fetch, now: () => state.now })
  return Object.assign(state, { gateway, status: async (path = '/', init = {}) => (await gateway.fetch(path, init)).status })
}

const statuses = async (w: World, count: number): Promise<number[]> => {
  const found: number[] = []
  for (let i = 0; i < count; i++) found.push(await w.status())
  return [...new Set(found)]
}

suite('without the keys', () => {
  test('nothing of it is in the plan', () => {
    const { plan } = compile(readJson('gateway.json', JSON.stringify(configOf({ send_body_on_redirect: true }))), features)
    assert.doesNotMatch(JSON.stringify(plan), /backend\/retry/)
  })

  test('a call is made once, as KrakenD does', async () => {
    const w = await world(null)
    for (const host of HOSTS) w.bad.set(host, 'refuses')
    assert.equal(await w.status(), 500)
    assert.equal(w.called.length, 1)
  })
})

suite('retry', () => {
  test('the next host is asked, of three of which two are dead', async () => {
    const w = await world({ retry: {} })
    w.bad.set('http://a', 'refuses').set('http://b', 503)
    assert.deepEqual(await statuses(w, 200), [200])
  })

  test('a host that hangs is left after attempt_timeout', async () => {
    const w = await world({ retry: { attempt_timeout: '10ms' } })
    w.bad.set('http://a', 'hangs').set('http://b', 'hangs')
    assert.deepEqual(await statuses(w, 30), [200])
  })

  test('the last call has the time that is left', async () => {
    const w = await world({ retry: { times: 1, attempt_timeout: '10ms' } }, { host: ['http://a'] })
    w.bad.set('http://a', 'hangs')
    const from = performance.now()
    assert.equal(await w.status(), 500)
    assert.ok(performance.now() - from > 200)
    assert.equal(w.called.length, 2)
  })

  test('each host once, before one is asked again', async () => {
    const w = await world({ retry: { times: 4 }, eject: false })
    for (const host of HOSTS) w.bad.set(host, 502)
    assert.equal(await w.status(), 500)
    assert.equal(w.called.length, 5)
    assert.deepEqual(new Set(w.called.slice(0, 3)), new Set(HOSTS))
  })

  test('no answer but an answer: 404, 500, and what no decoder can read', async () => {
    for (const status of [404, 500, 200]) {
      const w = await world({ retry: {} }, { encoding: 'xml' })
      for (const host of HOSTS) w.bad.set(host, status)
      await w.status()
      assert.equal(w.called.length, 1, String(status))
    }
  })

  test('statuses says which ones', async () => {
    const w = await world({ retry: { statuses: [429] } }, {}, { output_encoding: 'no-op' })
    w.bad.set('http://a', 429).set('http://b', 429)
    assert.deepEqual(await statuses(w, 20), [200])
    w.bad.set('http://c', 503)
    w.called.length = 0
    assert.equal((await statuses(w, 20)).includes(503), true)
  })

  test('what comes of the last call is the answer', async () => {
    const w = await world({ retry: {} }, {}, { output_encoding: 'no-op' })
    for (const host of HOSTS) w.bad.set(host, 503)
    const response = await w.gateway.fetch('/')
    assert.deepEqual([response.status, await response.text()], [503, 'bad'])
  })

  test('further calls are a share of the requests', async () => {
    const w = await world({ retry: { budget: 10 } })
    for (const host of HOSTS) w.bad.set(host, 'refuses')
    await statuses(w, 500)
    const again = w.called.length - 500
    assert.ok(again >= 140 && again <= 150, `${again}: a hundred at once, and a tenth of those after that`)
    w.now += 3000
    w.called.length = 0
    await w.status()
    assert.equal(w.called.length, 3, 'and one a second')
  })

  test('a POST is made once; a PUT again, but not with a body that streams', async () => {
    const refuses = async (method: string, body: string | null, more: object = {}): Promise<number> => {
      const w = await world({ retry: {} }, more, { method })
      for (const host of HOSTS) w.bad.set(host, 'refuses')
      await w.status('/', { method, body })
      return w.called.length
    }
    assert.equal(await refuses('POST', 'x'), 1)
    assert.equal(await refuses('PUT', 'x'), 1)
    assert.equal(await refuses('PUT', null), 3)
    assert.equal(await refuses('DELETE', null), 3)
    assert.equal(await refuses('POST', 'x', { method: 'GET' }), 3)
  })

  test('what it can do nothing for is said', () => {
    const findings = (client: object, more: object = {}): string[] =>
      compile(readJson('gateway.json', JSON.stringify(configOf(client, more))), features).findings.map(({ message }) => message)
    assert.deepEqual(findings({ retry: {} }), [])
    assert.deepEqual(findings({ retry: {} }, { method: 'POST' }), ['a POST may do its work although no answer came: it is called once'])
    assert.match(findings({ retry: { time: 3 } }).join(), /time/)
    assert.match(findings({ retry: { attempt_timeout: 3 } }).join(), /expected a duration such as "500ms"/)
    assert.match(findings({ eject: true }).join(), /expected false or an object/)
  })
})

suite('eject', () => {
  test('a host that failed five times in a row is left out, asked again after its time, and welcome once it is well', async () => {
    const w = await world({ retry: {} })
    w.bad.set('http://a', 'refuses')
    assert.deepEqual(await statuses(w, 100), [200])
    const asked = (): number => w.called.splice(0).filter((host) => host === 'http://a').length
    assert.equal(asked(), 5)
    assert.deepEqual(w.gateway.logs, ['http://a: left out for 10000 ms after 5 failures in a row'])
    w.now += 10_000
    await statuses(w, 100)
    assert.equal(asked(), 1)
    w.bad.clear()
    w.now += 10_000
    await statuses(w, 100)
    assert.ok(asked() > 10)
  })

  test('never all of them', async () => {
    const w = await world({ eject: { after: 1, for: '1m' } })
    for (const host of HOSTS) w.bad.set(host, 'refuses')
    await statuses(w, 30)
    w.bad.clear()
    w.called.length = 0
    assert.deepEqual(await statuses(w, 30), [200])
  })

  test('not for what clients did wrong, nor for answers of other statuses', async () => {
    const w = await world({ eject: { after: 1, for: '1m' } })
    w.bad.set('http://a', 404)
    await statuses(w, 50)
    assert.ok(w.called.filter((host) => host === 'http://a').length > 5)
  })

  test('of calls that race, the ones that lost do not count', async () => {
    const w = await world({ retry: {}, eject: { after: 1, for: '1m' } }, {}, { concurrent_calls: 3 })
    w.bad.set('http://a', 'hangs')
    for (let i = 0; i < 20; i++) await w.status()
    assert.ok(w.called.filter((host) => host === 'http://a').length > 3)
  })

  test('hosts that discovery finds', async () => {
    const called: string[] = []
    const record = (target: string) => ({ priority: 1, weight: 1, port: 80, target })
    const gateway = await createGateway(configOf({ retry: {} }, { host: ['_users._tcp.shop'], sd: 'dns' }), {
      resolveSrv: () => Promise.resolve([record('a'), record('b')]),
      fetch: (url) => (called.push(url), url.startsWith('http://a') ? Promise.reject(new Error('refused')) : Promise.resolve(Response.json({}))),
    })
    for (let i = 0; i < 50; i++) assert.equal((await gateway.fetch('/')).status, 200)
    assert.equal(called.filter((url) => url.startsWith('http://a')).length, 5)
  })
})
