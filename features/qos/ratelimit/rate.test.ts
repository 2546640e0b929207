/** Odd values of rate limits (security/RULES.md, qos/ratelimit). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGateway } from '../../../test/gateway.ts'

/** Statuses of `count` requests at once to an endpoint with the limit. */
async function statuses(limit: object, count: number, headers: { [name: string]: string } = {}, namespace = 'qos/ratelimit/router'): Promise<number[]> {
  const extra = { [namespace]: limit }
  const isProxy = namespace.endsWith('proxy')
  const backend = [{ host: ['http://upstream.test'], url_pattern: '/', ...(isProxy && { extra_config: extra }) }]
  const config = { version: 3, endpoints: [{ endpoint: '/a', backend, ...(!isProxy && { extra_config: extra }) }] }
  const gateway = await createGateway(config, { fetch: () => Promise.resolve(Response.json({})), now: () => 0, startedAt: 0 })
  const seen: number[] = []
  for (let i = 0; i < count; i++) seen.push((await gateway.fetch('/a', { headers })).status)
  return seen
}

test('capacities are whole numbers, and below one there is none', async () => {
  assert.deepEqual(await statuses({ max_rate: 1, every: '10m', capacity: 2.7 }, 3), [200, 200, 503])
  assert.deepEqual(await statuses({ max_rate: 1, every: '10m', capacity: 0.5 }, 2), [200, 503])
  assert.deepEqual(await statuses({ max_rate: 1, every: '10m', capacity: -1 }, 2), [200, 503])
  assert.deepEqual(await statuses({ client_max_rate: 1, every: '10m', client_capacity: 2.9, strategy: 'ip' }, 3), [200, 200, 429])
  assert.deepEqual(await statuses({ client_max_rate: 1, every: '10m', client_capacity: 0.9, strategy: 'ip' }, 2), [200, 429])
})

test('the rate is divided as KrakenD does before the capacity is cut: 98 in 49 s is less than two a second', async () => {
  assert.deepEqual(await statuses({ max_rate: 98, every: '49s' }, 2), [200, 503])
})

test('a header that no request has is empty: nobody passes', async () => {
  const limit = { client_max_rate: 5, strategy: 'header' }
  assert.deepEqual(await statuses(limit, 1), [429])
  assert.deepEqual(await statuses({ ...limit, key: 'not a name' }, 1), [429])
  assert.deepEqual(await statuses({ ...limit, key: 'X-T' }, 1, { 'x-t': '' }), [429])
})

test('by ip, such a header says nothing: the client is the peer', async () => {
  assert.deepEqual(await statuses({ client_max_rate: 1, every: '10m', strategy: 'ip', key: 'not a name' }, 2), [200, 429])
})

test('of a backend, a rate that is not above zero is no limit', async () => {
  const proxy = 'qos/ratelimit/proxy'
  assert.deepEqual(await statuses({ max_rate: 1, every: '-1s' }, 3, {}, proxy), [200, 200, 200])
  assert.deepEqual(await statuses({ max_rate: 1, every: '0s' }, 3, {}, proxy), [200, 200, 200])
  assert.deepEqual(await statuses({ max_rate: 1, every: '10m', capacity: 1.9 }, 2, {}, proxy), [200, 500])
})
