import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compile } from '../../../compiler/compile.ts'
import { readJson } from '../../../compiler/load/source.ts'
import { createGateway } from '../../../test/gateway.ts'
import { features } from '../../index.ts'

const backend = [{ host: ['http://upstream.test'], url_pattern: '/' }]
const ORIGIN = 'https://shop.example'
const own = { allow_origins: [ORIGIN], allow_methods: ['GET', 'PUT'], allow_headers: ['X-A'], allow_credentials: true, max_age: '1m' }
const fetch = (): Promise<Response> => Promise.resolve(Response.json({ ok: true }))
const preflight = (method: string, origin = ORIGIN): RequestInit => ({ method: 'OPTIONS', headers: { origin, 'access-control-request-method': method, 'access-control-request-headers': 'x-a' } })
const warnings = (config: object): string[] => compile(readJson('gateway.json', JSON.stringify(config)), features).findings.map(({ message }) => message)

test('an endpoint may have a policy of its own', async () => {
  const gateway = await createGateway(
    {
      version: 3,
      endpoints: [
        { endpoint: '/items/{id}', backend, extra_config: { 'security/cors': own } },
        { endpoint: '/items/{id}', method: 'POST', backend },
        { endpoint: '/other', backend },
      ],
    },
    { fetch },
  )
  const answer = await gateway.fetch('/items/1', { headers: { origin: ORIGIN } })
  assert.equal(answer.headers.get('access-control-allow-origin'), ORIGIN)
  assert.equal(answer.headers.get('vary'), 'Origin')
  assert.equal((await gateway.fetch('/items/1', { headers: { origin: 'https://evil.example' } })).headers.get('access-control-allow-origin'), null)

  const granted = await gateway.fetch('/items/1', preflight('GET'))
  assert.deepEqual([granted.status, granted.headers.get('access-control-allow-methods'), granted.headers.get('access-control-max-age')], [204, 'GET', '60'])
  for (const [path, init] of [['/items/1', preflight('POST')], ['/items/1', preflight('GET', 'https://evil.example')], ['/other', preflight('GET')]] as const) {
    assert.equal((await gateway.fetch(path, init)).headers.get('access-control-allow-origin'), null)
  }
  assert.equal((await gateway.fetch('/items/1', { method: 'OPTIONS' })).headers.get('allow'), 'GET, POST')
  assert.equal((await gateway.fetch('/other', { method: 'OPTIONS' })).status, 405)
})

test('a failure inside of the gateway can be read by the page too', async () => {
  const broken = (): never => {
    throw new Error('broken')
  }
  const gateway = await createGateway({ version: 3, extra_config: { 'security/cors': {} }, endpoints: [{ endpoint: '/items', backend }] }, { startDeadline: broken })
  const answer = await gateway.fetch('/items', { headers: { origin: ORIGIN } })
  assert.deepEqual([answer.status, answer.headers.get('access-control-allow-origin')], [500, '*'])
  assert.match(gateway.logs.join(), /broken/)
})

test('headers that no browser would ask for so are not allowed', async () => {
  const gateway = await createGateway({ version: 3, extra_config: { 'security/cors': { allow_headers: ['x-a', 'X-B'] } }, endpoints: [{ endpoint: '/items', backend }] }, { fetch })
  const ask = async (names: string): Promise<boolean> => {
    const answer = await gateway.fetch('/items', { method: 'OPTIONS', headers: { origin: ORIGIN, 'access-control-request-method': 'GET', 'access-control-request-headers': names } })
    return answer.headers.has('access-control-allow-headers')
  }
  for (const names of ['x-a', 'x-a,x-b', 'x-a , x-b', ',,x-a', `${','.repeat(15)}x-a`]) assert.equal(await ask(names), true, names)
  for (const names of ['X-A', 'x-b,x-a', 'x-a,x-a', 'x-a,x-c', 'x-a,  x-b', `${','.repeat(17)}x-a`]) assert.equal(await ask(names), false, names)
})

test('what has no effect is named', () => {
  const both = { version: 3, extra_config: { 'security/cors': {} }, endpoints: [{ endpoint: '/items', backend, extra_config: { 'security/cors': own } }] }
  assert.deepEqual(warnings(both), ["the service's security/cors holds for every endpoint: this one does nothing"])
  const any = { version: 3, extra_config: { 'security/cors': { allow_credentials: true, allow_methods: ['GET', 3] } }, endpoints: [{ endpoint: '/items', backend }] }
  assert.deepEqual(warnings(any), ['browsers refuse credentials where any origin is allowed: list the origins in allow_origins', 'expected a text, found 3: it does nothing'])
})
