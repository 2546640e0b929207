/** Odd values of circuit breakers (security/RULES.md, qos/circuit-breaker). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGateway } from '../../../test/gateway.ts'

/** Calls of an upstream that always fails, of three requests. */
async function calls(breaker: object): Promise<number> {
  let count = 0
  const fetch = (): Promise<Response> => {
    count++
    return Promise.resolve(new Response('', { status: 500 }))
  }
  const backend = [{ host: ['http://upstream.test'], url_pattern: '/', extra_config: { 'qos/circuit-breaker': breaker } }]
  const gateway = await createGateway({ version: 3, endpoints: [{ endpoint: '/a', backend }] }, { fetch })
  for (let i = 0; i < 3; i++) await gateway.fetch('/a')
  return count
}

test('fractions are cut before everything is zero', async () => {
  assert.equal(await calls({ interval: 0.5 }), 3)
  assert.equal(await calls({ max_errors: 0.9 }), 3)
  assert.equal(await calls({ timeout: 0.9, interval: 0.9 }), 3)
  assert.equal(await calls({ max_errors: 1.9 }), 2)
})

test('any one that is set makes it active, and no number of errors is below zero', async () => {
  assert.equal(await calls({ name: 'x' }), 1)
  assert.equal(await calls({ interval: -1 }), 1)
  assert.equal(await calls({ max_errors: -1 }), 3)
})
