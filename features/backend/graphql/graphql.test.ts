/** Bodies of mutations that no recorded case shows (transform/RULES.md §3). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGateway } from '../../../test/gateway.ts'

for (const [body, sent] of [
  ['{"a":1e400}', null],
  [`{"a":[{"b":${'9'.repeat(400)}}]}`, null],
  ['{"a":1e30,"b":"1e400"}', '{"query":"m","variables":{"a":1e+30,"b":"1e400"}}'],
  ['\ufeff{"a":1}', null],
  ['{"a":"\\ud800x","b":[{"\\uDC00":"\\ud83d\\ude00"}],"c":"\\\\ud800"}', '{"query":"m","variables":{"a":"\ufffdx","b":[{"\ufffd":"😀"}],"c":"\\\\ud800"}}'],
] as const) {
  test(`${body.slice(0, 20)} ${sent ? 'is sent' : 'is refused'}`, async () => {
    const calls: string[] = []
    const config = { version: 3, endpoints: [{ endpoint: '/m', method: 'POST', backend: [{ host: ['http://shop.internal'], url_pattern: '/g', extra_config: { 'backend/graphql': { type: 'mutation', query: 'm' } } }] }] }
    const gateway = await createGateway(config, {
      fetch: (_, { body: bytes }) => {
        calls.push(new TextDecoder().decode(bytes as Uint8Array))
        return Promise.resolve(Response.json({}))
      },
    })
    const { status } = await gateway.fetch('/m', { method: 'POST', body })
    assert.deepEqual([status, calls], sent ? [200, [sent]] : [500, []])
  })
}
