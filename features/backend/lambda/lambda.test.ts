/** Answers of functions that no recorded case shows (transform/RULES.md §4). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGateway } from '../../../test/gateway.ts'

for (const [about, text, wanted] of [
  ['an object', '{"a":1.50}', [200, '{"a":1.5}']],
  ['a byte order mark', '\ufeff{"a":1}', [500, '']],
  ['a byte order mark before numbers that have to pass through a double', '\ufeff{"a":1.50}', [500, '']],
] as const) {
  test(about, async () => {
    const lambda = { function_name: 'f', region: 'eu-west-1', endpoint: 'http://lambda.internal' }
    const config = { version: 3, endpoints: [{ endpoint: '/f', backend: [{ host: ['http://unused'], url_pattern: '/', extra_config: { 'backend/lambda': lambda } }] }] }
    const gateway = await createGateway(config, { fetch: () => Promise.resolve(new Response(text)), binding: () => 'x' })
    const response = await gateway.fetch('/f')
    assert.deepEqual([response.status, await response.text()], wanted)
  })
}
