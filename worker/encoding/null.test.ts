/** An upstream's null, and no-op's lack of data, through target and group (proxy/RULES.md §3). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGateway } from '../../test/gateway.ts'

async function answer(backend: object): Promise<string> {
  const config = { version: 3, endpoints: [{ endpoint: '/', backend: [{ host: ['http://up.internal'], url_pattern: '/', ...backend }] }] }
  const { fetch } = await createGateway(config, { fetch: () => Promise.resolve(new Response('null')) })
  const response = await fetch('/')
  return `${await response.text()} ${response.headers.get('x-krakend-completed')}`
}

for (const encoding of ['json', 'NO-OP']) {
  test(`${encoding}: null stays null, a target that is not there is empty`, async () => {
    assert.equal(await answer({ encoding }), 'null false')
    assert.equal(await answer({ encoding, group: 'g' }), '{"g":null} true')
    assert.equal(await answer({ encoding, target: 'a.b' }), '{} false')
    assert.equal(await answer({ encoding, target: 'a', group: 'g' }), '{"g":{}} true')
    assert.equal(await answer({ encoding, allow: ['a'], mapping: { a: 'b' } }), 'null false')
  })
}
