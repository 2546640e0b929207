/** Go reads 10,000 levels, which is beyond the engine's stack for whatever has to follow them down. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGateway } from '../test/gateway.ts'

const NESTED = { lists: `{"a":${'['.repeat(9999)}1.50${']'.repeat(9999)}}`, objects: `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}` }
const backend = { host: ['http://up.internal'], url_pattern: '/' }
const scripts = (post: string): object => ({ 'modifier/lua-backend': { post } })

async function ask(text: string, endpoint: object): Promise<unknown> {
  const config = { version: 3, endpoints: [{ endpoint: '/', backend: [backend], ...endpoint }] }
  const { fetch, logs } = await createGateway(config, { fetch: () => Promise.resolve(new Response(text)) })
  const answer = await fetch('/')
  return { status: answer.status, completed: answer.headers.get('x-krakend-completed'), length: (await answer.text()).length, logs: logs.length }
}

test('what goes through as bytes is answered', async () => {
  for (const text of Object.values(NESTED)) assert.deepEqual(await ask(text, { backend: [{ ...backend, deny: ['a.b'] }] }), { status: 200, completed: 'true', length: text.length, logs: 0 })
})

test('where data is needed, the answer is that of a body that is no JSON', async () => {
  const needs = {
    yaml: { output_encoding: 'yaml' },
    xml: { output_encoding: 'xml' },
    merge: { backend: [backend, backend] },
    static: { extra_config: { proxy: { static: { data: { b: 1 } } } } },
    flatmap: { backend: [{ ...backend, extra_config: { proxy: { flatmap_filter: [{ type: 'del', args: ['b'] }] } } }] },
    lua: { backend: [{ ...backend, extra_config: scripts("response.load():data():set('b', 1)") }] },
    jmespath: { extra_config: { 'modifier/jmespath': { expr: '@' } } },
  }
  for (const [name, endpoint] of Object.entries(needs)) {
    for (const text of Object.values(NESTED)) assert.deepEqual(await ask(text, endpoint), { status: 500, completed: 'false', length: 0, logs: 1 }, name)
  }
})

test('a script may nest beyond 1,000 levels, but no table holds itself', async () => {
  const answer = (levels: number, end: string): Promise<unknown> => {
    const nest = `local t = luaTable.new() local top = t for i = 1, ${levels} do local inner = luaTable.new() t:set('a', inner) t = inner end ${end}`
    return ask('{"id":1}', { backend: [{ ...backend, extra_config: scripts(`${nest} response.load():data():set('b', top)`) }] })
  }
  const deep = `{"id":1,"b":${'{"a":'.repeat(1500)}{}${'}'.repeat(1501)}`
  assert.deepEqual(await answer(1500, ''), { status: 200, completed: 'true', length: deep.length, logs: 0 })
  assert.deepEqual(await answer(5, "t:set('a', top)"), { status: 200, completed: 'true', length: 0, logs: 0 })
})
