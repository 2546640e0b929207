import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGateway } from '../../../../test/gateway.ts'

const backend = [{ host: ['http://upstream.test'], url_pattern: '/' }]

test('all endpoints and methods count together, what is not there too; health does not', async () => {
  const config = {
    version: 3,
    extra_config: { 'qos/ratelimit/service': { max_rate: 6, every: '10m', capacity: 6, client_max_rate: 4, client_capacity: 4, strategy: 'header', key: 'X-User' } },
    endpoints: [{ endpoint: '/a', backend }, { endpoint: '/b', backend }],
  }
  const gateway = await createGateway(config, { fetch: () => Promise.resolve(Response.json({ ok: true })), now: () => 0, startedAt: 0 })
  const ask = async (user: string, path: string): Promise<number> => (await gateway.fetch(path, { headers: { 'x-user': user } })).status
  const seen: number[] = []
  for (const [user, path] of [['ann', '/a'], ['ann', '/b'], ['ann', '/nowhere'], ['ann', '/a'], ['ann', '/b'], ['bob', '/a'], ['bob', '/b'], ['bob', '/a'], ['bob', '/__health']] as const) seen.push(await ask(user, path))
  assert.deepEqual(seen, [200, 200, 404, 200, 429, 200, 200, 503, 200])
})
