/** `__proto__` is a name like any other (proxy/RULES.md §3), in what is configured too: zod, JavaScript's literals and Object.assign take it for something else. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGateway } from '../../test/gateway.ts'
import { json, record } from './record.ts'

const UPSTREAM = '{"__proto__":{"a":1},"z":{"__proto__":2,"x":3}}'

async function ask(backend: string, extra = '{}'): Promise<string> {
  const text = `{"version":3,"endpoints":[{"endpoint":"/","extra_config":${extra},"backend":[{"host":["http://up.internal"],"url_pattern":"/"${backend}}]}]}`
  const { fetch } = await createGateway(JSON.parse(text) as object, { fetch: () => Promise.resolve(new Response(UPSTREAM)) })
  return (await fetch('/')).text()
}

test('filters, groups and flatmap', async () => {
  assert.equal(await ask(',"mapping":{"__proto__":"p"}'), '{"p":{"a":1},"z":{"__proto__":2,"x":3}}')
  assert.equal(await ask(',"mapping":{"z":"__proto__"}'), '{"__proto__":{"__proto__":2,"x":3}}')
  assert.equal(await ask(',"target":"__proto__","group":"__proto__"'), '{"__proto__":{"a":1}}')
  assert.equal(await ask(',"allow":["__proto__.a","z.__proto__"]'), '{"__proto__":{"a":1},"z":{"__proto__":2}}')
  assert.equal(await ask(',"deny":["__proto__","z.__proto__"]'), '{"z":{"x":3}}')
  assert.equal(await ask(',"extra_config":{"proxy":{"flatmap_filter":[{"type":"move","args":["z.__proto__","z.p"]},{"type":"del","args":["__proto__"]}]}}'), '{"z":{"p":2,"x":3}}')
})

test('static data, on every level', async () => {
  assert.equal(await ask('', '{"proxy":{"static":{"data":{"__proto__":{"__proto__":1},"say":"\\"__proto__\\":"}}}}'), String.raw`{"__proto__":{"__proto__":1},"z":{"__proto__":2,"x":3},"say":"\"__proto__\":"}`)
  assert.equal(({} as { a?: unknown }).a, undefined)
})

test('what is no JSON is none', () => {
  for (const value of [null, 1.5, 'a', true, [], {}, [{ a: [null] }]]) assert.equal(json().safeParse(value).success, true)
  for (const value of [undefined, Number.NaN, new Date(), [undefined], { a: () => 1 }]) assert.equal(json().safeParse(value).success, false)
  assert.deepEqual(record(json()).safeParse({ a: { b: 1n } }).error?.issues.map(({ path, message }) => [...path, message].join(' ')), ['a expected JSON, found an object'])
  assert.equal(record(json()).safeParse([]).error?.issues[0]?.message, 'expected an object, found an empty list')
})
