import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGateway } from '../../test/gateway.ts'

const ANSWER = '{"a":{"x":1,"y":2},"b":"two","c":[3],"d":null}'
const answers = (backend: object, answer?: string): Promise<string> => ask({ version: 3, endpoints: [{ endpoint: '/x', backend: [{ host: ['http://up.test'], url_pattern: '/', ...backend }] }] }, answer)
async function ask(config: object, answer = ANSWER): Promise<string> {
  const { fetch } = await createGateway(config, { fetch: () => Promise.resolve(new Response(answer)) })
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

test('what stands between members that are left stays as it was written', async () => {
  const spaced = '{ "a" : 1 ,\n "b" : [2 , 3]\t, "c":{ "d" : 4 , "e" : 5, "f":6 } }'
  assert.equal(await answers({ deny: ['b'] }, spaced), '{ "a" : 1,"c":{ "d" : 4 , "e" : 5, "f":6 } }')
  assert.equal(await answers({ deny: ['a', 'c.e'] }, spaced), '{"b" : [2 , 3]\t, "c":{ "d" : 4,"f":6 } }')
  assert.equal(await answers({ allow: ['a', 'c.f'] }, spaced), '{ "a" : 1,"c":{"f":6 } }')
})
