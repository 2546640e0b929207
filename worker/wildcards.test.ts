import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { compile } from '../compiler/compile.ts'
import type { RefusedError } from '../compiler/diagnostics.ts'
import { readJson } from '../compiler/load/source.ts'
import { features } from '../features/index.ts'
import { createGateway, type TestGateway } from '../test/gateway.ts'

const echo = async (url: string, { method, body }: { method: string; body: BodyInit | null }): Promise<Response> => Response.json({ url, method, body: await new Response(body).text() }, { status: 201 })
const backend = (url_pattern: string, more: object = {}): object[] => [{ host: ['http://u.test'], url_pattern, ...more }]

const gatewayOf = (endpoints: object[], more: object = {}): Promise<TestGateway> => createGateway({ version: 3, endpoints, ...more }, { fetch: echo as never })

/** What the upstream was asked, or the status and where to go. */
async function ask(gateway: TestGateway, path: string, init: RequestInit = {}): Promise<string> {
  const answer = await gateway.fetch(path, init)
  if (!answer.headers.get('content-type')?.includes('json')) return `${answer.status} ${answer.headers.get('location') ?? answer.headers.get('allow') ?? ''}`.trim()
  const { url, method, body } = (await answer.json()) as { url: string; method: string; body: string }
  return [method === 'GET' ? '' : method, url.replace('http://u.test', ''), body].filter(Boolean).join(' ')
}

suite('wildcards', () => {
  test('what is below goes to the end of url_pattern; longer ones and exact endpoints go first', async () => {
    const gateway = await gatewayOf([
      { endpoint: '/v1/*', backend: backend('/') },
      { endpoint: '/v1/files/*', backend: backend('/store/') },
      { endpoint: '/v1/files/list', backend: backend('/list') },
      { endpoint: '/users/{id}/*', backend: backend('/u/{id}/*') },
      { endpoint: '/users/me/*', backend: backend('/me?all=1'), input_query_strings: ['q'] },
      { endpoint: '/v1/*', method: 'POST', backend: backend('/in') },
    ])
    const asked: [path: string, expected: string][] = [
      ['/v1/a', '/a'], ['/v1/a/b/', '/a/b/'], ['/v1/', '/'], ['/v1', '301 /v1/'], ['/v1/files/list', '/list'], ['/v1/files/list/', '/store/list/'], ['/v1/files/x y', '/store/x%20y'],
      ['/v1/files', '/files'], ['/users/7/a', '/u/7/a'], ['/users/me/a?q=2&z=3', '/me/a?all=1&q=2'], ['/users/7', '301 /users/7/'], ['/other', '404'], ['/v2/a', '404'],
    ]
    for (const [path, expected] of asked) assert.equal(await ask(gateway, path), expected, path)
    assert.equal(await ask(gateway, '/v1/a', { method: 'POST', body: 'x' }), 'POST /in/a x')
    assert.equal(await ask(gateway, '/v1/a', { method: 'DELETE' }), '405 GET, POST')
  })

  test('all that is there', async () => {
    const gateway = await gatewayOf([{ endpoint: '/*', backend: backend('/all') }])
    assert.equal(await ask(gateway, '/'), '/all/')
    assert.equal(await ask(gateway, '/a/b'), '/all/a/b')
    assert.equal((await gateway.fetch('/__health')).status, 200)
  })

  test('no way leads out of it', async () => {
    const gateway = await gatewayOf([{ endpoint: '/v1/*', backend: backend('/public') }, { endpoint: '/__catchall', backend: backend('/public') }])
    for (const path of ['/v1/%2e%2e%2fadmin', '/v1/a%2f..%2f..%2fadmin', '/v1/a/%2E%2E%2Fb', '/v1/a%3fb', '/v1/%252e%252e', '/w/a%2f..%2f..%2fadmin']) assert.equal((await gateway.fetch(path)).status, 400, path)
    const careless = await gatewayOf([{ endpoint: '/v1/*', backend: backend('/public') }], { extra_config: { router: { disable_path_decoding: true } } })
    for (const path of ['/v1/%2e%2e%2fadmin', '/v1/a%2f..%2f..%2fadmin']) assert.equal((await careless.fetch(path)).status, 500, path)
  })
})

suite('/__catchall', () => {
  const endpoints = [{ endpoint: '/known', backend: backend('/known') }, { endpoint: '/__catchall', backend: backend('/old') }]

  test('takes every path and method that is left, with all of the request, and hands the answer on', async () => {
    const gateway = await gatewayOf(endpoints)
    assert.equal(await ask(gateway, '/known'), '/known')
    assert.equal(await ask(gateway, '/known/'), '301 /known')
    assert.equal(await ask(gateway, '/a/b?c=1'), '/old/a/b?c=1')
    assert.equal(await ask(gateway, '/'), '/old/')
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) assert.equal(await ask(gateway, '/known', method === 'OPTIONS' ? { method } : { method, body: 'x' }), `${method} /old/known${method === 'OPTIONS' ? '' : ' x'}`)
    assert.equal((await gateway.fetch('/a')).status, 201)
  })

  test('findings', () => {
    const findings = (more: object): string[] => compile(readJson('gateway.json', JSON.stringify({ version: 3, endpoints: [{ endpoint: '/__catchall', backend: backend('/'), ...more }] })), features).findings.map(({ code, path }) => `${code} ${path.at(-1)}`)
    assert.deepEqual(findings({}), [])
    assert.deepEqual(findings({ method: 'GET', output_encoding: 'json' }), ['no-effect method', 'no-effect output_encoding'])
  })
})

test('stars elsewhere are refused', () => {
  for (const endpoint of ['/a*', '/a/*b', '/*/b', '/a/*/b']) {
    assert.throws(() => compile(readJson('gateway.json', JSON.stringify({ version: 3, endpoints: [{ endpoint, backend: backend('/') }] })), features), (error: RefusedError) => error.findings.some(({ code }) => code === 'bad-path'), endpoint)
  }
})
