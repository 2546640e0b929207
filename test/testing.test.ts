/** `cuttle/testing`, as a user's own tests would call it. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { ConfigurationError, type Gateway, startGateway } from 'cuttle/testing'

const backend = (name: string, pattern: string, more: object = {}): object => ({ host: [`http://upstream-${name}`], url_pattern: pattern, ...more })
const endpoint = (at: string, ...backends: object[]): object => ({ endpoint: at, backend: backends })

void describe('a gateway with two upstreams', () => {
  let gateway: Gateway
  before(async () => {
    gateway = await startGateway({
      config: {
        version: 3,
        timeout: '1s',
        endpoints: [
          endpoint('/users/{id}', backend('users', '/u/{id}', { group: 'user' }), backend('users-extra', '/e/{id}', { group: 'extra' })),
          { ...endpoint('/echo', backend('users', '/echo/here')), method: 'POST', input_headers: ['X-One'], input_query_strings: ['q'] },
          { ...endpoint('/slow', backend('users', '/slow')), timeout: '100ms' },
          endpoint('/late', backend('users', '/late')),
          endpoint('/drop', backend('users', '/drop')),
          endpoint('/turns', backend('users', '/turns')),
          endpoint('/packed', backend('users', '/packed')),
          { ...endpoint('/raw', backend('users', '/raw', { encoding: 'no-op' })), output_encoding: 'no-op' },
          endpoint('/bound', { host: ['service://USERS'], url_pattern: '/u/9' }),
        ],
      },
      upstreams: {
        users: {
          'GET /u/*': { json: { name: 'Ann' } },
          'GET /u/9': { json: { name: 'Nine' } },
          '* /u/*': { status: 405 },
          '* /echo/*': { echo: true },
          'GET /slow': { json: {}, delay_ms: 400 },
          'GET /late': { json: { late: true }, delay_ms: 150 },
          'GET /drop': { drop: true },
          'GET /turns': [{ json: { turn: 1 } }, { status: 500 }, { json: { turn: 3 } }],
          'GET /packed': { json: { packed: true }, gzip: true },
          'GET /raw': { status: 418, base64: 'AP8=', headers: { 'Content-Type': 'application/x-own', 'Set-Cookie': ['a=1', 'b=2'] } },
        },
        'users-extra': { 'GET /e/1': { json: { age: 3 } } },
      },
      env: { USERS: 'http://upstream-users' },
    })
  })
  after(() => gateway.stop())

  const json = async (at: string, init?: RequestInit): Promise<unknown> => (await gateway.fetch(at, init)).json()

  void test('merges what they answer, and keeps what they were asked', async () => {
    const answer = await gateway.fetch('/users/1')
    assert.equal(answer.headers.get('x-krakend-completed'), 'true')
    assert.deepEqual(await answer.json(), { user: { name: 'Ann' }, extra: { age: 3 } })
    assert.deepEqual(gateway.upstreams.users!.seen.map(({ method, path }) => `${method} ${path}`), ['GET /u/1'])
    assert.deepEqual(gateway.upstreams['users-extra']!.seen.map(({ path }) => path), ['/e/1'])
    gateway.upstreams.users!.reset()
    assert.equal(gateway.upstreams.users!.seen.length, 0)
  })

  void test('an exact route goes before a prefix, and what no route fits is 404', async () => {
    assert.deepEqual(await json('/users/9'), { user: { name: 'Nine' } })
    assert.equal(gateway.upstreams['users-extra']!.seen.at(-1)?.path, '/e/9')
  })

  void test('echo tells the request without the headers of the transport', async () => {
    const answer = await json('/echo?q=1&not=2', { method: 'POST', headers: { 'X-One': 'a', 'X-Two': 'b', 'content-type': 'text/plain' }, body: 'hello' })
    assert.deepEqual(answer, { method: 'POST', path: '/echo/here', query: 'q=1', headers: { 'x-one': 'a' }, body: 'hello' })
    assert.equal(gateway.upstreams.users!.seen.at(-1)?.headers['user-agent']?.startsWith('Cuttle/'), true)
  })

  void test('delay', async () => {
    assert.equal((await gateway.fetch('/slow')).status, 500)
    const start = performance.now()
    assert.deepEqual(await json('/late'), { late: true })
    assert.ok(performance.now() - start >= 140)
  })

  void test('drop', async () => {
    assert.equal((await gateway.fetch('/drop')).status, 500)
    assert.equal(gateway.upstreams.users!.seen.at(-1)?.path, '/drop')
    assert.ok(gateway.logs.some(({ message }) => message.includes('/drop')), 'the gateway has logged it')
  })

  void test('a list answers in turn, its last entry stays, and reset begins again', async () => {
    const statuses = async (count: number): Promise<number[]> => {
      const all: number[] = []
      for (let i = 0; i < count; i++) all.push((await gateway.fetch('/turns')).status)
      return all
    }
    assert.deepEqual(await statuses(4), [200, 500, 200, 200])
    gateway.upstreams.users!.reset()
    assert.deepEqual(await statuses(2), [200, 500])
  })

  void test('gzip, bytes, statuses and repeated headers', async () => {
    assert.deepEqual(await json('/packed'), { packed: true })
    const answer = await gateway.fetch('/raw')
    assert.equal(answer.status, 418)
    assert.deepEqual([...new Uint8Array(await answer.arrayBuffer())], [0, 255])
    assert.equal(answer.headers.get('content-type'), 'application/x-own')
    assert.deepEqual(answer.headers.getSetCookie(), ['a=1', 'b=2'])
  })

  void test('env gives service:// hosts their addresses', async () => {
    assert.deepEqual(await json('/bound'), { name: 'Nine' })
  })

  void test('what is neither a path nor an address is told', () => assert.rejects(gateway.fetch('users'), { name: 'TypeError', message: 'expected a path such as "/users" or an address, found "users"' }))

  void test('redirects are answers, and an address gives the Host', async () => {
    const redirect = await gateway.fetch('/late/')
    assert.equal(redirect.status, 301)
    assert.equal(redirect.headers.get('location'), '/late')
    assert.equal((await gateway.fetch('https://shop.example/users/9', { method: 'GET' })).status, 200)
    assert.equal(gateway.upstreams.users!.seen.at(-1)?.headers['x-forwarded-host'], 'shop.example')
  })
})

void describe('configurations', () => {
  void test('a file, whose warnings are told', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'cuttle-testing-test-'))
    try {
      const file = path.join(folder, 'gateway.json')
      writeFileSync(file, JSON.stringify({ version: 3, endpoints: [{ ...endpoint('/a', backend('one', '/b')), timeuot: '1s' }] }))
      await using gateway = await startGateway({ config: file, upstreams: { one: { 'GET /b': { json: { b: 1 } } } } })
      assert.deepEqual(await (await gateway.fetch('/a')).json(), { b: 1 })
      assert.deepEqual(gateway.findings.map(({ code, path, suggestion }) => [code, path, suggestion]), [['unknown-key', ['endpoints', 0, 'timeuot'], 'timeout']])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  void test('one that is refused rejects with all findings and their paths', async () => {
    const config = { version: 3, endpoints: [{ endpoint: '/a', timeout: 'later', backend: [{ url_pattern: '/', host: ['http://a'] }] }, { endpoint: '/b', timeout: 'soon' }] }
    await assert.rejects(startGateway({ config }), (error) => {
      assert.ok(error instanceof ConfigurationError)
      assert.match(error.message, /error: endpoints\[0\]\.timeout: /)
      assert.match(error.message, /error: endpoints\[1\]\.timeout: /)
      assert.ok(error.findings.length >= 2)
      return true
    })
  })

  const mistakes: readonly (readonly [options: unknown, message: string])[] = [
    [undefined, 'expected an object, found nothing'],
    [{}, 'config: expected a configuration, or the path of its file'],
    [{ confg: {} }, 'config: expected a configuration, or the path of its file; expected config, upstreams, env, files, found confg (did you mean config?)'],
    [{ config: {}, upstreams: { 'a b': {} } }, 'upstreams: expected a name of letters, digits, _ and -'],
    [{ config: {}, upstreams: { a: { '/users': {} } } }, 'upstreams.a: expected a route such as "GET /users/1" or "* /users/*", found "/users"'],
    [{ config: {}, upstreams: { a: { 'GET /': 5 } } }, 'upstreams.a["GET /"]: expected an object or a list, found 5'],
    [{ config: {}, upstreams: { a: { 'GET /': { statsu: 5 } } } }, 'upstreams.a["GET /"]: expected status, headers, json, text, base64, echo, delay_ms, drop, gzip, found statsu (did you mean status?)'],
    [{ config: {}, upstreams: { a: { 'GET /': [{ status: '200' }] } } }, 'upstreams.a["GET /"][0].status: expected a number, found "200"'],
    [{ config: {}, env: { A: 5 } }, 'env.A: expected a text, found 5'],
  ]
  for (const [options, message] of mistakes) {
    void test(message, () => assert.rejects(startGateway(options as never), { name: 'TypeError', message: `startGateway: ${message}` }))
  }

  void test('an upstream that is not declared is told by name', async () => {
    await assert.rejects(startGateway({ config: { version: 3, endpoints: [endpoint('/a', backend('usres', '/'))] }, upstreams: { users: {} } }), /http:\/\/upstream-usres: upstreams has no usres, but users/)
  })

  void test('stop ends the gateway and its upstreams, and may be called twice', async () => {
    const gateway = await startGateway({ config: { version: 3, endpoints: [] }, upstreams: { one: {} } })
    assert.equal((await gateway.fetch('/__health')).status, 200)
    await gateway.stop()
    await gateway.stop()
    await assert.rejects(gateway.fetch('/__health'))
    await assert.rejects(fetch(gateway.upstreams.one!.url))
  })
})
