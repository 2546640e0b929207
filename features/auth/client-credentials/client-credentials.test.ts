/** Tokens are shared by requests, which on Workers end each by itself. What is asked and sent stands in the conformance cases. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { bundle } from '../../../compiler/emit/bundle.ts'
import { compile } from '../../../compiler/compile.ts'
import { emitModule } from '../../../compiler/emit/module.ts'
import { readJson } from '../../../compiler/load/source.ts'
import { type Gateway, startGateway } from '../../../testing/index.ts'
import { features } from '../../index.ts'

const credentials = { client_id: 'shop', client_secret: 'a-secret-of-the-shop', token_url: 'http://upstream-id/token' }
const config = {
  version: 3,
  endpoints: ['/a', '/b'].map((endpoint) => ({ endpoint, backend: [{ host: ['http://upstream-api'], url_pattern: endpoint, extra_config: { 'auth/client-credentials': credentials } }] })),
}
const token = { json: { access_token: 'T', expires_in: 3600 }, delay_ms: 300 }

void describe('auth/client-credentials', () => {
  let gateway: Gateway
  before(async () => void (gateway = await startGateway({ config, upstreams: { id: { 'POST /token': token }, api: { 'GET /a': { json: {} }, 'GET /b': { json: {} } } } })))
  after(() => gateway.stop())

  void test('requests at once ask for one token', async () => {
    const responses = await Promise.all(Array.from({ length: 10 }, () => gateway.fetch('/a')))
    assert.deepEqual([...new Set(responses.map(({ status }) => status))], [200])
    assert.equal(gateway.upstreams.id!.seen.length, 1)
  })

  void test('a client that goes takes nobody\'s token along', async () => {
    const gone = new AbortController()
    const first = gateway.fetch('/b', { signal: gone.signal }).catch((error: Error) => error.name)
    await new Promise((resolve) => setTimeout(resolve, 100))
    const second = gateway.fetch('/b')
    await new Promise((resolve) => setTimeout(resolve, 50))
    gone.abort()
    assert.equal(await first, 'AbortError')
    assert.equal((await second).status, 200)
    assert.equal((await gateway.fetch('/b')).status, 200)
    assert.equal(gateway.upstreams.id!.seen.length, 2)
  })

  void test('the secret is not in the bundle', async () => {
    const text = JSON.stringify(config).replaceAll('upstream-', 'a.')
    const { plan, secrets } = compile(readJson('gateway.json', text), features)
    const { code } = await bundle(emitModule(plan, 'cloudflare'))
    assert.ok(!code.includes(credentials.client_secret) && !JSON.stringify(plan).includes(credentials.client_secret))
    assert.deepEqual(secrets, { CLIENT_SECRET: credentials.client_secret })
  })
})
