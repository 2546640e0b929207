/**
 * Hostile requests, written byte by byte, to gateways in their runtimes. What is asked of each: nothing but what the configuration
 * says reaches the upstream, soon, and the next request is served.
 */
import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { attack, type Attacked, type Reply, statusOf } from './gateway.ts'

const HEAD = 'Host: gateway.test\r\nConnection: close\r\n'
const get = (path: string, headers = ''): string => `GET ${path} HTTP/1.1\r\n${HEAD}${headers}\r\n`
const post = (headers: string, body: string): string => `POST /post HTTP/1.1\r\n${HEAD}${headers}\r\n${body}`
const SMUGGLED = 'GET /all?smuggled HTTP/1.1\r\nHost: gateway.test\r\n\r\n'
const piece = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`

/** What upstreams send that is no good. */
const BOMBS: { readonly [path: string]: string } = {
  '/deep-lists': `{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`,
  '/deep-objects': `${'{"a":'.repeat(200_000)}1${'}'.repeat(200_000)}`,
  '/long-numbers': `{"a":1e999999999,"b":${'9'.repeat(500_000)}}`,
  '/many-keys': `{${Array.from({ length: 100_000 }, (_, i) => `"k${i}":1`).join()}}`,
  '/too-large': `{"a":"${'x'.repeat(3_000_000)}"}`,
}
const PROTOTYPES = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'
const GZIP_BOMB = gzipSync(`{"a":"${'x'.repeat(50_000_000)}"}`)

const reply: Reply = ({ url }, response) => {
  if (url === '/gzip') response.setHeader('content-encoding', 'gzip')
  response.setHeader('content-type', 'application/json')
  response.end(url === '/gzip' ? GZIP_BOMB : url === '/prototypes' ? PROTOTYPES : (BOMBS[url] ?? '{"ok":true}'))
}

const FORMS: { readonly [name: string]: object } = {
  bytes: {},
  data: { extra_config: { proxy: { flatmap_filter: [{ type: 'move', args: ['a', 'c'] }] } } },
  xml: { output_encoding: 'xml' },
}

function config(host: string): object {
  const backend = (url_pattern: string, more = {}): object => ({ host: [host], url_pattern, ...more })
  const bombs = [...Object.keys(BOMBS), '/gzip', '/prototypes'].flatMap((path) => Object.entries(FORMS).map(([form, more]) => ({ endpoint: `/${form}${path}`, backend: [backend(path)], ...more })))
  return {
    version: 3,
    timeout: '2s',
    read_timeout: '1s',
    extra_config: {
      router: { max_payload: 50_000 },
      'cuttle/limits': { max_buffered_body: 2_000_000 },
      'security/bot-detector': { patterns: ['^(a+)+$', '(.*x){20}y', '(?i)^(([a-z])+.)+[A-Z]([a-z])+$'] },
      'security/http': { allowed_hosts: ['gateway[.]test', '([a-z]+)*[.]example'], allowed_hosts_are_regex: true },
    },
    endpoints: [
      { endpoint: '/all', input_headers: ['*'], input_query_strings: ['*'], backend: [backend('/all')] },
      { endpoint: '/post', method: 'POST', input_headers: ['X-Id'], backend: [backend('/post', { method: 'POST' })] },
      { endpoint: '/twice', method: 'POST', backend: [backend('/1', { method: 'POST' }), backend('/2', { method: 'POST' })] },
      { endpoint: '/files/{name}/info', backend: [backend('/store/{name}/info')] },
      { endpoint: '/{a}/{b}', backend: [backend('/two/{a}/{b}')] },
      ...bombs,
    ],
  }
}

for (const runtime of ['workerd', 'deno'] as const) {
  suite(`hostile requests in ${runtime}`, () => {
    let gateway!: Attacked
    before(async () => {
      gateway = await attack(runtime, config, reply)
    })
    after(() => gateway?.stop())

    test('headers: one is one, and lines that are none are refused', async () => {
      await gateway.write(get('/all', 'X-Id: a\r\nX-Id: b\r\n'))
      assert.deepEqual(gateway.sent().map(({ headers }) => headers.get('x-id')!.join(', ')), ['a, b'])
      for (const line of ['X-Id: a\r\n X-Admin: 1', 'X-Id: a\r\n\tX-Admin: 1', 'X-Admin : 1', 'X-Id: a\0b', 'X-Id: a\rX-Admin: 1', 'X Admin: 1', ': 1']) {
        assert.equal(statusOf(await gateway.write(get('/all', `${line}\r\n`))), 400, JSON.stringify(line))
        assert.deepEqual(gateway.sent(), [], JSON.stringify(line))
      }
    })

    test('headers of the connection are not forwarded, and a client can not have others taken away', async () => {
      const nominated = 'Connection: X-Forwarded-For, X-Forwarded-Host, X-Id\r\nX-Id: 1\r\nKeep-Alive: 5\r\nTE: trailers\r\nProxy-Connection: x\r\nExpect: \r\n'
      await gateway.write(`GET /all HTTP/1.1\r\nHost: gateway.test\r\n${nominated}\r\n`)
      const [sent] = gateway.sent()
      for (const name of ['keep-alive', 'te', 'proxy-connection', 'expect', 'upgrade']) assert.ok(!sent!.headers.has(name), name)
      assert.ok(!/x-/i.test(String(sent!.headers.get('connection') ?? '')))
      assert.deepEqual(sent!.headers.get('x-forwarded-host'), ['gateway.test'])
      assert.deepEqual(sent!.headers.get('x-forwarded-for'), ['127.0.0.1'])
      assert.deepEqual(sent!.headers.get('x-id'), ['1'])
    })

    test('one request is one request, however its end is told', async () => {
      const bodies: readonly (readonly [headers: string, body: string])[] = [
        [`Content-Length: ${5 + SMUGGLED.length}\r\nTransfer-Encoding: chunked\r\n`, `0\r\n\r\n${SMUGGLED}`],
        ['Content-Length: 4\r\nTransfer-Encoding: chunked\r\n', `${piece(SMUGGLED)}0\r\n\r\n`],
        [`Content-Length: 3\r\nContent-Length: ${3 + SMUGGLED.length}\r\n`, `abc${SMUGGLED}`],
        ['Content-Length: 3, 3\r\n', 'abc'],
        ['Content-Length: +3\r\n', `abc${SMUGGLED}`],
        ['Content-Length: -3\r\n', `abc${SMUGGLED}`],
        ['Transfer-Encoding: xchunked\r\n', `0\r\n\r\n${SMUGGLED}`],
        ['Transfer-Encoding : chunked\r\n', `0\r\n\r\n${SMUGGLED}`],
        ['Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n', `0\r\n\r\n${SMUGGLED}`],
        ['Transfer-Encoding: gzip, chunked\r\n', `${piece('abc')}0\r\n\r\n${SMUGGLED}`],
        ['Transfer-Encoding: identity\r\nContent-Length: 3\r\n', `abc${SMUGGLED}`],
        ['Transfer-Encoding: chunked\r\n', `3;x=\n\r\nabc\r\n0\r\n\r\n`],
        ['Transfer-Encoding: chunked\r\n', `${piece('abc')}zz\r\n`],
      ]
      for (const [headers, body] of bodies) {
        await gateway.write(post(headers, body))
        const sent = gateway.sent()
        // With both, the pieces count (RFC 9112, 6.3): then what they hold is a body and nothing else.
        const whole = headers.includes('Length: 4\r\nTransfer') ? SMUGGLED : ''
        assert.deepEqual(sent.map(({ method, url }) => `${method} ${url}`), sent.length ? ['POST /post'] : [], headers)
        for (const each of sent) assert.ok(each.body === whole || each.body === '', `${headers}: ${each.body}`)
      }
      await gateway.write(get('/all', `Content-Length: ${SMUGGLED.length}\r\n`) + SMUGGLED)
      assert.deepEqual(gateway.sent().map(({ url, body }) => [url, body]), [['/all', '']])
      await gateway.write(post('Transfer-Encoding: chunked\r\nTrailer: X-Id\r\n', `${piece('abc')}0\r\nX-Id: trailing\r\n\r\n`))
      assert.deepEqual(gateway.sent().map(({ headers, body }) => [headers.get('x-id'), body]), [[undefined, 'abc']])
    })

    test('a body that its sender breaks off is not passed on as whole', async () => {
      const { answer } = await gateway.drip(post('Transfer-Encoding: chunked\r\n', ''), [piece('abc'), 'zz\r\n'], 50)
      assert.notEqual(statusOf(answer), 200)
      assert.deepEqual(gateway.sent(), [])
    })

    test('parameters stay in their place', async () => {
      const values = ['..', '%2e%2e', '%2E.', '.%2e', '%2e', '..%2f..%2fadmin', '%2fadmin', '%2f%2fevil.example', 'a%3fx=1', 'a%23x', '@evil.example', 'a%40evil', '\\..\\admin', '%5c..%5cadmin', '%0d%0aX-Evil:1', 'a%0aX',
        '..;', ';', '%252e%252e', '%252e%252e%252fadmin', '%25252e%25252e', '%00', 'a:b', 'a:80@evil', '%c0%ae%c0%ae', '%c0%af', '%e0%80%af', '%ff', 'a%20b', 'http:%2f%2fevil', '..%5c', '%09', '%u002e', '%', '%2', '\u2025']
      for (const value of values) {
        await gateway.write(Buffer.from(get(`/files/${value}/info`)).toString('latin1'))
        for (const { url, headers } of gateway.sent()) {
          // As an upstream would read it, backslashes and all.
          const { pathname, host } = new URL(url.replaceAll('%5C', '\\').replaceAll('%2F', '/'), 'http://upstream')
          assert.match(url, /^\/store\/[^/?#\\]+\/info$/, value)
          assert.ok(host === 'upstream' && !headers.has('x-evil'), value)
          if (!/%5C/i.test(url)) assert.match(pathname, /^\/store\/.+\/info$/, value)
        }
      }
      await gateway.write(get('/all?q=%0d%0aX-Evil:1&a=%23%26%3d&%3f=1'))
      assert.deepEqual(gateway.sent().map(({ url }) => url), ['/all?%3F=1&a=%23%26%3D&q=%0D%0AX-Evil%3A1'])
    })

    test('the host is where the configuration says', async () => {
      for (const line of ['GET http://evil.example/all HTTP/1.1', 'GET http://gateway.test@evil.example/all HTTP/1.1', 'GET //evil.example/all HTTP/1.1']) {
        await gateway.write(`${line}\r\n${HEAD}\r\n`)
        for (const { url } of gateway.sent()) assert.match(url, /^\/(all|two)/, line)
      }
      // Two hosts are none.
      for (const hosts of ['Host: gateway.test\r\nHost: evil.example', 'Host: evil.example\r\nHost: gateway.test']) {
        assert.notEqual(statusOf(await gateway.write(`GET /all HTTP/1.1\r\n${hosts}\r\nConnection: close\r\n\r\n`)), 200)
        assert.deepEqual(gateway.sent(), [])
      }
    })

    test('redirects stay here', async () => {
      const asked = [...['//evil.example/x/', '//evil.example/x', '/%2fevil.example/x/', '/\\evil.example/x/', '/%5cevil.example/x/', '/./evil.example/b/', '/a/b/?x=//evil.example', '/.//evil.example/b', '/a/..//evil.example/b/'].map((path) => get(path)),
        ...['//evil.example', '/\\evil.example', 'https://evil.example/', '/%2fevil.example'].map((prefix) => get('/a/b/', `X-Forwarded-Prefix: ${prefix}\r\n`))]
      let redirects = 0
      for (const request of asked) {
        const [, location] = /^location: (.*)$/im.exec(await gateway.write(request)) ?? []
        if (location === undefined) continue
        redirects++
        assert.equal(new URL(location, 'http://gateway.test').host, 'gateway.test', request)
      }
      assert.ok(redirects > 8)
    })

    test('patterns of the configuration take no time to speak of', async () => {
      const agents = [`${'a'.repeat(7000)}!`, 'x'.repeat(7000), `${'aA'.repeat(3500)}!`]
      const began = performance.now()
      for (const agent of agents) await gateway.write(get('/all', `User-Agent: ${agent}\r\n`))
      await gateway.write(`GET /all HTTP/1.1\r\nHost: ${'a'.repeat(7000)}\r\nConnection: close\r\n\r\n`)
      assert.ok(performance.now() - began < 2000, `${performance.now() - began} ms`)
      gateway.sent()
    })

    test('bombs of upstreams are bounded in depth, size and time', async () => {
      for (const form of Object.keys(FORMS)) {
        for (const path of [...Object.keys(BOMBS), '/gzip']) {
          const began = performance.now()
          const status = statusOf(await gateway.write(get(`/${form}${path}`)))
          const wanted = ['/too-large', '/gzip'].includes(path) ? [502] : path.startsWith('/deep') ? [500] : [200]
          assert.ok(wanted.includes(status), `/${form}${path}: ${status}`)
          assert.ok(performance.now() - began < 2500, `/${form}${path}`)
        }
        assert.match(await gateway.write(get(`/${form}/prototypes`)), /__proto__/)
      }
      assert.equal(statusOf(await gateway.write(get('/all'))), 200)
      gateway.sent()
    })

    test('bodies are bounded, with and without a length', async () => {
      const large = piece('x'.repeat(4096)).repeat(20)
      for (const request of [post('Content-Length: 60000\r\n', 'x'.repeat(60_000)), post('Transfer-Encoding: chunked\r\n', `${large}0\r\n\r\n`)]) {
        assert.equal(statusOf(await gateway.write(request)), 413)
      }
      await gateway.write(post('Content-Length: 4\r\nTransfer-Encoding: chunked\r\n', `${large}0\r\n\r\n`))
      assert.deepEqual(gateway.sent(), [])
      assert.equal(statusOf(await gateway.write(post('Transfer-Encoding: chunked\r\n', `${piece('x'.repeat(4096)).repeat(10)}0\r\n\r\n`))), 200)
      assert.deepEqual(gateway.sent().map(({ body }) => body.length), [40_960])
    })

    test('bodies that drip are not waited for', async () => {
      const slow = Array.from({ length: 60 }, () => 'x')
      const [whole, streamed] = await Promise.all(['/twice', '/post'].map((path) => gateway.drip(`POST ${path} HTTP/1.1\r\n${HEAD}Content-Length: 1000\r\n\r\n`, slow, 100)))
      assert.equal(statusOf(whole!.answer), 408)
      assert.equal(statusOf(streamed!.answer), 500)
      for (const { ms } of [whole!, streamed!]) assert.ok(ms < 4000, `${ms} ms`)
      assert.deepEqual(gateway.sent(), [])
    })
  })
}
