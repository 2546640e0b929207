import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGateway } from '../../test/gateway.ts'

const backend = [{ host: ['http://up.internal'], url_pattern: '/' }]

test('without a strategy, or with one that is none, the data is always added (proxy/RULES.md §7)', async () => {
  for (const strategy of [{}, { strategy: 'sometimes' }, { strategy: 5 }, { strategy: null }]) {
    for (const [status, completed] of [[200, 'true'], [500, 'false']] as const) {
      const config = { version: 3, endpoints: [{ endpoint: '/', backend, extra_config: { proxy: { static: { data: { constructor: 1 }, ...strategy } } } }] }
      const { fetch } = await createGateway(config, { fetch: () => Promise.resolve(Response.json({}, { status })) })
      const answer = await fetch('/')
      assert.deepEqual([answer.status, await answer.text(), answer.headers.get('x-krakend-completed')], [200, '{"constructor":1}', completed])
    }
  }
})
