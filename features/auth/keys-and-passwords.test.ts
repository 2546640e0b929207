/** API keys and passwords, as a gateway asks for them. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { suite, test } from 'node:test'
import { createGateway, type TestGateway } from '../../test/gateway.ts'

const backend = [{ host: ['http://upstream'], url_pattern: '/' }]
const answer = (): Promise<Response> => Promise.resolve(Response.json({ ok: true }))

const gateway = (service: object, endpoint: object, more: object = {}): Promise<TestGateway> =>
  createGateway({ version: 3, extra_config: service, endpoints: [{ endpoint: '/a', input_headers: ['X-Role'], backend, extra_config: endpoint, ...more }] }, { fetch: answer })

async function statusOf({ fetch }: TestGateway, headers: Record<string, string> = {}, path = '/a'): Promise<number> {
  return (await fetch(path, { headers })).status
}

suite('auth/api-keys', () => {
  const keys = [{ key: 'first-key', roles: ['admin', 'user'] }, { key: 'second-key', roles: ['user'] }]
  const service = { 'auth/api-keys': { keys } }

  test('a key with the role opens, with and without Bearer', async () => {
    const asked = await gateway(service, { 'auth/api-keys': { roles: ['admin'] } })
    assert.equal(await statusOf(asked, { authorization: 'Bearer first-key' }), 200)
    assert.equal(await statusOf(asked, { authorization: 'first-key' }), 200)
    for (const key of ['second-key', 'third-key', 'first-ke', '']) assert.equal(await statusOf(asked, { authorization: `Bearer ${key}` }), 401)
    assert.equal(await statusOf(asked), 401)
  })

  test('in the query string', async () => {
    const asked = await gateway({ 'auth/api-keys': { keys, strategy: 'query_string' } }, { 'auth/api-keys': { roles: ['user'], identifier: 'k' } })
    assert.equal(await statusOf(asked, {}, '/a?k=second-key'), 200)
    assert.equal(await statusOf(asked, {}, '/a?key=second-key'), 401)
    assert.equal(await statusOf(asked, { authorization: 'second-key' }), 401)
  })

  for (const hash of ['sha256', 'sha1']) {
    test(`kept as ${hash} with salt`, async () => {
      const kept = createHash(hash).update('salt-first-key').digest('hex')
      const asked = await gateway({ 'auth/api-keys': { keys: [{ key: kept.toUpperCase(), roles: ['admin'] }], hash, salt: 'salt-' } }, { 'auth/api-keys': { roles: ['admin'] } })
      assert.equal(await statusOf(asked, { authorization: 'first-key' }), 200)
      assert.equal(await statusOf(asked, { authorization: kept }), 401)
    })
  }

  test('kept as fnv128: values of Go', async () => {
    const asked = await gateway({ 'auth/api-keys': { keys: [{ key: 'd228cb69101a8caf78912b704e4a141e', roles: ['admin'] }], hash: 'fnv128' } }, { 'auth/api-keys': { roles: ['admin'] } })
    // FNV-1 of one letter "a", from the reference vectors of the algorithm's authors.
    assert.equal(await statusOf(asked, { authorization: 'a' }), 200)
  })

  test('the role goes upstream, the client\'s own does not', async () => {
    let seen: string | undefined
    const asked = await createGateway(
      { version: 3, extra_config: { 'auth/api-keys': { keys, propagate_role: 'X-Role' } }, endpoints: [{ endpoint: '/a', input_headers: ['X-Role'], backend, extra_config: { 'auth/api-keys': { roles: ['user'] } } }] },
      { fetch: (_, { headers }) => ((seen = headers['x-role']), answer()) },
    )
    assert.equal(await statusOf(asked, { authorization: 'second-key', 'x-role': 'admin' }), 200)
    assert.equal(seen, 'user')
  })

  test('a rate of each key', async () => {
    const asked = await gateway(service, { 'auth/api-keys': { roles: ['user'], client_max_rate: 0.001 } })
    assert.equal(await statusOf(asked, { authorization: 'first-key' }), 200)
    assert.equal(await statusOf(asked, { authorization: 'first-key' }), 429)
    assert.equal(await statusOf(asked, { authorization: 'second-key' }), 200)
  })

  test('nobody gets in where there are no keys, no roles, or wrong types', async () => {
    for (const [at, block] of [[{}, { roles: ['user'] }], [service, {}], [service, { roles: 'user' }], [{ 'auth/api-keys': { keys: 'first-key' } }, { roles: ['user'] }], [service, 'on']] as const) {
      assert.equal(await statusOf(await gateway(at, { 'auth/api-keys': block }), { authorization: 'first-key' }), 401)
    }
  })

  test('answers are private to caches', async () => {
    const { fetch } = await gateway(service, { 'auth/api-keys': { roles: ['user'] } }, { cache_ttl: '10s' })
    assert.equal((await fetch('/a', { headers: { authorization: 'first-key' } })).headers.get('cache-control'), 'private, max-age=10')
  })
})

suite('auth/basic', () => {
  // A reference vector of bcrypt: the password is U*U.
  const users = { ana: '$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW' }
  const basic = (text: string): Record<string, string> => ({ authorization: `Basic ${btoa(text)}` })

  test('a user with the password, at an endpoint and at the service', async () => {
    for (const [service, endpoint] of [[{}, { 'auth/basic': { users } }], [{ 'auth/basic': { users } }, {}]] as const) {
      const asked = await gateway(service, endpoint)
      assert.equal(await statusOf(asked, basic('ana:U*U')), 200)
      assert.equal(await statusOf(asked, basic('ana:U*U')), 200)
      for (const wrong of ['ana:U*', 'ana', 'bob:U*U', ':U*U', '']) assert.equal(await statusOf(asked, basic(wrong)), 401)
      assert.equal(await statusOf(asked, { authorization: 'Basic ???' }), 401)
      const refusal = await asked.fetch('/a')
      assert.equal(refusal.status, 401)
      assert.match(refusal.headers.get('www-authenticate')!, /^Basic /)
    }
  })

  test('at the service it stands in front of everything but the health endpoint, and answers are private', async () => {
    const asked = await gateway({ 'auth/basic': { users } }, {}, { cache_ttl: '10s' })
    assert.equal(await statusOf(asked, {}, '/nowhere'), 401)
    assert.equal(await statusOf(asked, {}, '/__health'), 200)
    assert.equal((await asked.fetch('/a', { headers: basic('ana:U*U') })).headers.get('cache-control'), 'private, max-age=10')
  })

  test('a hash that is not bcrypt lets nobody in', async () => {
    const asked = await gateway({}, { 'auth/basic': { users: { ana: 'secret' } } })
    assert.equal(await statusOf(asked, basic('ana:secret')), 401)
  })
})
