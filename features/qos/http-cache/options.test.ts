/** Odd options (security/RULES.md, qos/http-cache): a wrong type makes a plain cache; what is shared is one cache. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGateway } from '../../../test/gateway.ts'

/** How many calls each of the blocks makes for two requests, one block after the other. */
async function calls(...blocks: unknown[]): Promise<number[]> {
  let count = 0
  const fetch = (): Promise<Response> => {
    count++
    return Promise.resolve(Response.json({}, { headers: { date: new Date().toUTCString(), 'cache-control': 'max-age=600' } }))
  }
  const endpoints = blocks.map((block, i) => ({ endpoint: `/${i}`, backend: [{ host: ['http://upstream.test'], url_pattern: '/', extra_config: { 'qos/http-cache': block } }] }))
  const gateway = await createGateway({ version: 3, endpoints }, { fetch })
  const each: number[] = []
  for (const path of blocks.keys()) {
    count = 0
    for (let i = 0; i < 2; i++) {
      await (await gateway.fetch(`/${path}`)).text()
      await Promise.all(gateway.pending.splice(0))
    }
    each.push(count)
  }
  return each
}

test('a wrong type makes a cache that is neither shared nor bounded', async () => {
  assert.deepEqual(await calls({ shared: true }, { shared: true, max_size: 'x' }, { shared: true, max_size: 1.5, max_items: 1 }, { shared: true, max_items: -1 }, 'yes', [], true), [1, 1, 1, 1, 1, 1, 1])
})

test('what is shared is one cache, or one with bounds', async () => {
  assert.deepEqual(await calls({ shared: true }, { shared: true, max_items: 5 }, { shared: true, max_size: 100_000, max_items: 10 }, { Shared: true, max_size: 200_000, max_items: 20 }), [1, 0, 1, 0])
})
