import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGateway } from '../../../test/gateway.ts'

const backend = [{ host: ['http://upstream.test'], url_pattern: '/' }]
const fetch = (): Promise<Response> => Promise.resolve(Response.json({ ok: true }))

test('an endpoint has headers and hosts of its own', async () => {
  const strict = { 'security/http': { allowed_hosts: ['admin.example'], frame_deny: true } }
  const gateway = await createGateway({ version: 3, endpoints: [{ endpoint: '/admin', backend, extra_config: strict }, { endpoint: '/open', backend }] }, { fetch })
  const ask = async (path: string, host: string): Promise<[number, string | null]> => {
    const { status, headers } = await gateway.fetch(path, { headers: { host } })
    return [status, headers.get('x-frame-options')]
  }
  assert.deepEqual(await ask('/admin', 'Admin.example'), [200, 'DENY'])
  assert.deepEqual(await ask('/admin', 'evil.example'), [500, null])
  assert.deepEqual(await ask('/open', 'evil.example'), [200, null])
})

test('each answer has a nonce of its own', async () => {
  const gateway = await createGateway({ version: 3, extra_config: { 'security/http': { content_security_policy: 'script-src $NONCE; style-src $NONCE' } }, endpoints: [{ endpoint: '/a', backend }] }, { fetch })
  const policies = await Promise.all([1, 2].map(async () => (await gateway.fetch('/a')).headers.get('content-security-policy')!))
  for (const policy of policies) assert.match(policy, /^script-src ('nonce-[A-Za-z0-9+/]{22}'); style-src \1$/)
  assert.notEqual(policies[0], policies[1])
})

test('what came by https stays, and what a redirect says is escaped', async () => {
  const gateway = await createGateway({ version: 3, extra_config: { 'security/http': { ssl_redirect: true, sts_seconds: 9 } }, endpoints: [{ endpoint: '/{name}', backend }] }, { fetch })
  const plain = await gateway.fetch('/%3Cb%3E?x=%22%3E', { headers: { host: 'shop.example' } })
  assert.equal(plain.headers.get('location'), 'https://shop.example/%3Cb%3E?x=%22%3E')
  assert.ok(!(await plain.text()).includes('<b>'))
  assert.equal((await gateway.fetch('/a', { method: 'POST', headers: { host: 'shop.example' } })).status, 301)
})
