/** router.app_engine, remote_ip_headers and trusted_proxies (routing/RULES.md §4, §6). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGateway } from '../../test/gateway.ts'

/** What an upstream is told of a client at 192.0.2.1. */
async function told(router: object, headers: Record<string, string>): Promise<string> {
  const config = { version: 3, extra_config: { router }, endpoints: [{ endpoint: '/', backend: [{ host: ['http://up.internal'], url_pattern: '/' }] }] }
  const { fetch } = await createGateway(config, { fetch: (_url, init) => Promise.resolve(Response.json({ client: new Headers(init.headers).get('x-forwarded-for') })) })
  const { client } = (await (await fetch('/', { headers })).json()) as { client: string }
  return client
}

test("app_engine: that header wins, whatever it says, whoever sent it; without it the others count", async () => {
  const headers = { 'X-Appengine-Remote-Addr': 'anything', 'X-Forwarded-For': '203.0.113.7' }
  assert.equal(await told({ app_engine: true }, headers), 'anything')
  assert.equal(await told({ app_engine: true, forwarded_by_client_ip: false, trusted_proxies: ['10.0.0.1'] }, headers), 'anything')
  assert.equal(await told({ app_engine: true }, { 'X-Forwarded-For': '203.0.113.7' }), '203.0.113.7')
  assert.equal(await told({ app_engine: true, forwarded_by_client_ip: false }, { 'X-Forwarded-For': '203.0.113.7' }), '192.0.2.1')
  assert.equal(await told({}, headers), '203.0.113.7')
  assert.equal(await told({ app_engine: 'yes' }, headers), '203.0.113.7')
})
