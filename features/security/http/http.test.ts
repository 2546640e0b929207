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

test('a HEAD is sent on with the type of what a GET would get', async () => {
  const gateway = await createGateway({ version: 3, extra_config: { 'security/http': { ssl_redirect: true } }, endpoints: [{ endpoint: '/a', backend }] }, { fetch })
  const answer = await gateway.fetch('/a', { method: 'HEAD', headers: { host: 'shop.example' } })
  assert.deepEqual([answer.status, answer.headers.get('content-type'), await answer.text()], [301, 'text/html; charset=utf-8', ''])
  const post = await gateway.fetch('/a', { method: 'POST', headers: { host: 'shop.example' } })
  assert.equal(post.headers.get('content-type'), null)
})

test('headers that no request can have are not there; an empty value is that of a header that is not', async () => {
  const of = (proxy: object): object => ({ version: 3, extra_config: { 'security/http': { ssl_redirect: true, host_proxy_headers: ['no name', ''], ssl_proxy_headers: proxy } }, endpoints: [{ endpoint: '/a', backend }] })
  const status = async (proxy: object): Promise<number> => (await (await createGateway(of(proxy), { fetch })).fetch('/a', { headers: { host: 'shop.example' } })).status
  assert.equal(await status({ 'no name': 'https' }), 301)
  assert.equal(await status({ 'X-Plain': '' }), 200)
})

test('a policy of several lines is sent on one, as Go sends it, and letters of any script are', async () => {
  const long = { content_security_policy: "default-src 'self';\n  script-src 'self';\r\n", custom_frame_options_value: 'a\u0001b', referrer_policy: ' 中\n', ssl_redirect: true, ssl_host: 'shop.example\n', ssl_proxy_headers: { 'X-P': 'https' } }
  const gateway = await createGateway({ version: 3, extra_config: { 'security/http': long, 'security/cors': { expose_headers: ['X-A', '中\nb'] } }, endpoints: [{ endpoint: '/a', backend }] }, { fetch })
  const { headers, status } = await gateway.fetch('/a', { headers: { origin: 'https://x.example', 'x-p': 'https' } })
  assert.deepEqual([status, headers.get('content-security-policy'), headers.get('x-frame-options')], [200, "default-src 'self';   script-src 'self';", 'a b'])
  assert.equal(Buffer.from(headers.get('referrer-policy')!, 'latin1').toString(), '中')
  assert.equal(Buffer.from(headers.get('access-control-expose-headers')!, 'latin1').toString(), 'X-A, 中 b')
  assert.equal((await gateway.fetch('/a')).headers.get('location'), 'https://shop.example/a')
})
