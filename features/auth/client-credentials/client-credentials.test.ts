/** Tokens are shared by requests, which on Workers end each by itself. What is asked and sent stands in the conformance cases. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { bundle } from '../../../compiler/emit/bundle.ts'
import { compile } from '../../../compiler/compile.ts'
import { emitModule } from '../../../compiler/emit/module.ts'
import { readJson } from '../../../compiler/load/source.ts'
import { createGateway } from '../../../test/gateway.ts'
import { startAborting } from '../../../worker/aborting.ts'
import { startAbandoning } from '../../../worker/deadline.ts'
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

/** What the API is sent where the token endpoint answers so; null: the call fails. */
async function authorization(answer: () => Response, more: object = {}): Promise<string | null> {
  let sent: string | null = null
  const backend = [{ host: ['http://api.test'], url_pattern: '/', extra_config: { 'auth/client-credentials': { ...credentials, token_url: 'http://id.test/token', ...more } } }]
  const fetch = (url: string, { headers }: { headers: { [name: string]: string } }): Promise<Response> => {
    if (url === 'http://id.test/token') return Promise.resolve(answer())
    sent = headers.authorization ?? ''
    return Promise.resolve(Response.json({}))
  }
  const gateway = await createGateway({ version: 3, endpoints: [{ endpoint: '/a', backend }] }, { fetch })
  await gateway.fetch('/a')
  return sent
}

void test('nobody waits for a token longer than for an answer', async () => {
  const backend = [{ host: ['http://api.test'], url_pattern: '/', extra_config: { 'auth/client-credentials': { ...credentials, token_url: 'http://id.test/token' } } }]
  let give: (answer: Response) => void = () => undefined
  const fetch = (url: string): Promise<Response> => (url === 'http://id.test/token' ? new Promise((resolve) => (give = resolve)) : Promise.resolve(Response.json({})))
  for (const startDeadline of [startAborting, startAbandoning]) {
    const gateway = await createGateway({ version: 3, timeout: '50ms', endpoints: [{ endpoint: '/a', backend }] }, { fetch, startDeadline })
    const answers = await Promise.all([gateway.fetch('/a'), gateway.fetch('/a')])
    assert.deepEqual(answers.map(({ status }) => status), [500, 500])
    give(Response.json({ access_token: 'T' }))
    await Promise.all(gateway.pending)
    assert.equal((await gateway.fetch('/a')).status, 200)
  }
})

void describe('answers of token endpoints', () => {
  const json = (members: object) => () => Response.json({ access_token: 'T', ...members })
  const form = (text: string) => () => new Response(text, { headers: { 'content-type': 'text/plain; charset=utf-8' } })

  void test('one wrong type is a failure', async () => {
    for (const wrong of [{ token_type: 5 }, { error: 0 }, { refresh_token: [] }, { access_token: 5 }, { expires_in: '' }, { expires_in: 'soon' }, { expires_in: 1.5 }, { expires_in: true }]) assert.equal(await authorization(json(wrong)), null, JSON.stringify(wrong))
    assert.equal(await authorization(() => Response.json(['T'])), null)
  })

  void test('null is as if it were not there; numbers may be texts', async () => {
    for (const good of [{ token_type: null, error: null }, { expires_in: null }, { expires_in: '3600' }, { expires_in: -5 }]) assert.equal(await authorization(json(good)), 'Bearer T', JSON.stringify(good))
  })

  void test('in a form a time that is no number counts as none', async () => {
    assert.equal(await authorization(form('access_token=T&token_type=mac&expires_in=soon')), 'MAC T')
    assert.equal(await authorization(form('access_token=T&error=no')), null)
  })

  void test('keys that KrakenD does not know do nothing', async () => {
    assert.equal(await authorization(json({}), { comment: 'for the shop', Scopes: 'x' }), 'Bearer T')
  })
})
