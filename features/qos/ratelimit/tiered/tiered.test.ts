import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { startGateway } from '../../../../testing/index.ts'

const limited = (max: number) => ({ max_rate: max, capacity: max, every: '10m' })
const TIERS = {
  tier_key: 'X-Plan',
  tiers: [
    { tier_value: 'gold', ratelimit: limited(3) },
    { tier_value: 'silver', tier_value_as: 'literal', ratelimit: { client_max_rate: 1, client_capacity: 1, every: '10m', strategy: 'header', key: 'X-Client' } },
    { tier_value_as: '*', ratelimit: limited(1) },
  ],
}
const backend = [{ host: ['http://upstream-api'], url_pattern: '/' }]
const upstreams = { api: { 'GET /': { json: {} } } }

void describe('qos/ratelimit/tiered', () => {
  void test('of an endpoint: the first tier that fits counts', async () => {
    await using gateway = await startGateway({ config: { version: 3, endpoints: [{ endpoint: '/a', backend, extra_config: { 'qos/ratelimit/tiered': TIERS } }] }, upstreams })
    const statusOf = async (headers: { [name: string]: string }): Promise<number> => (await gateway.fetch('/a', { headers })).status
    assert.deepEqual(gateway.findings, [])
    const gold: number[] = []
    for (let i = 0; i < 4; i++) gold.push(await statusOf({ 'X-Plan': 'gold' }))
    assert.deepEqual(gold, [200, 200, 200, 503])
    const silver = (client: string): Promise<number> => statusOf({ 'X-Plan': 'silver', 'X-Client': client })
    assert.deepEqual([await silver('ann'), await silver('ann'), await silver('bob')], [200, 429, 200])
    assert.deepEqual([await statusOf({}), await statusOf({ 'X-Plan': 'bronze' })], [200, 503])
  })

  void test('of the service: endpoints count together', async () => {
    const config = { version: 3, extra_config: { 'qos/ratelimit/tiered': TIERS }, endpoints: [{ endpoint: '/a', backend }, { endpoint: '/b', backend }] }
    await using gateway = await startGateway({ config, upstreams })
    const statuses: number[] = []
    for (const path of ['/a', '/b', '/a', '/b']) statuses.push((await gateway.fetch(path, { headers: { 'X-Plan': 'gold' } })).status)
    assert.deepEqual(statuses, [200, 200, 200, 503])
    assert.equal((await gateway.fetch('/nowhere', { headers: { 'X-Plan': 'gold' } })).status, 404)
  })

  void test('a policy about the header', async () => {
    const tiers = [{ tier_value: "value.matches('^User-[a-z]+$')", tier_value_as: 'policy', ratelimit: limited(1) }]
    await using gateway = await startGateway({ config: { version: 3, endpoints: [{ endpoint: '/a', backend, extra_config: { 'qos/ratelimit/tiered': { tier_key: 'X-Plan', tiers } } }] }, upstreams })
    const statuses: number[] = []
    for (const plan of ['User-ann', 'User-bob', 'Robot', '']) statuses.push((await gateway.fetch('/a', { headers: { 'X-Plan': plan } })).status)
    assert.deepEqual([gateway.findings, statuses], [[], [200, 503, 200, 200]])
  })

  void test('tiers that are not limited are named', async () => {
    const tiers = [{ tier_value: 'a +', tier_value_as: 'policy', ratelimit: limited(1) }, { tier_value: 'b', ratelimit_redis: {} }, { tier_value: 'c' }, { tier_value: 'd', tier_value_as: 'regexp', ratelimit: limited(1) }]
    await using gateway = await startGateway({ config: { version: 3, endpoints: [{ endpoint: '/a', backend, extra_config: { 'qos/ratelimit/tiered': { tier_key: 'X-Plan', tiers } } }] }, upstreams })
    assert.deepEqual(gateway.findings.map(({ code, opensDoor }) => [code, opensDoor]), [['bad-expression', true], ['not-supported', true], ['no-limit', true], ['unknown-value', true]])
  })
})
