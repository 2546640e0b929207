import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGateway } from '../../test/gateway.ts'

const ANSWER = '{"a":{"x":1,"y":2},"b":"two","c":[3],"d":null}'
const answers = (backend: object): Promise<string> => ask({ version: 3, endpoints: [{ endpoint: '/x', backend: [{ host: ['http://up.test'], url_pattern: '/', ...backend }] }] })
async function ask(config: object): Promise<string> {
  const { fetch } = await createGateway(config, { fetch: () => Promise.resolve(new Response(ANSWER)) })
  return (await fetch('/x')).text()
}

test('what filters leave of a text moves together, also from several places', async () => {
  assert.equal(await answers({ deny: ['a'] }), '{"b":"two","c":[3],"d":null}')
  assert.equal(await answers({ deny: ['b', 'd'] }), '{"a":{"x":1,"y":2},"c":[3]}')
  assert.equal(await answers({ deny: ['a.x', 'c'] }), '{"a":{"y":2},"b":"two","d":null}')
  assert.equal(await answers({ allow: ['d'] }), '{"d":null}')
  assert.equal(await answers({ allow: ['a.y', 'c'] }), '{"a":{"y":2},"c":[3]}')
  assert.equal(await answers({ deny: ['a', 'b', 'c', 'd'] }), '{}')
  assert.equal(await answers({ deny: ['b'], mapping: { c: 'e' }, group: 'g' }), '{"g":{"a":{"x":1,"y":2},"e":[3],"d":null}}')
  assert.equal(await answers({ target: 'a', deny: ['x'] }), '{"y":2}')
})
