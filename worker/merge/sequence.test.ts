/** What later steps take from earlier answers (proxy/RULES.md §6). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGateway } from '../../test/gateway.ts'

/** The addresses that steps with these patterns ask, where they answer so. */
async function asked(patterns: readonly string[], answers: readonly unknown[], more: readonly object[] = []): Promise<string[]> {
  const backend = patterns.map((url_pattern, i) => ({ host: ['http://up.internal'], url_pattern, ...more[i] }))
  const urls: string[] = []
  const { fetch } = await createGateway(
    { version: 3, endpoints: [{ endpoint: '/', extra_config: { proxy: { sequential: true } }, backend }] },
    { fetch: (url) => Promise.resolve(Response.json(answers[urls.push(new URL(url).pathname + new URL(url).search) - 1])) },
  )
  await fetch('/')
  return urls
}

test('the first answer has what later ones brought: KrakenD merges into it', async () => {
  assert.deepEqual(await asked(['/0', '/1', '/2/{resp0_b}/{resp0_c.d}/{resp0_c.x}'], [{ a: 1 }, { b: 2, c: { d: 3 } }, {}]), ['/0', '/1', '/2/2/3/%7B%7B.Resp0_c.x%7D%7D'])
  assert.deepEqual(await asked(['/0', '/1', '/2/{resp0_a}/{resp1_a}'], [{ a: 1 }, { a: 2 }, {}]), ['/0', '/1', '/2/2/2'])
  // The second has no more than its own.
  assert.deepEqual(await asked(['/0', '/1', '/2', '/3?a={resp1_a}&c={resp1_c}'], [{ a: 1 }, { b: 2 }, { c: 3 }, {}]), ['/0', '/1', '/2', '/3?a={{.Resp1_a}}&c={{.Resp1_c}}'])
})

test('a no-op answer has an empty object, into which others are merged; null has none', async () => {
  assert.deepEqual(await asked(['/0', '/1', '/2/{resp0_a}'], [{ a: 1 }, { a: 2 }, {}], [{ encoding: 'no-op' }]), ['/0', '/1', '/2/2'])
  assert.deepEqual(await asked(['/0', '/1', '/2', '/3/{resp0_a}/{resp1_c}'], [null, { a: 1 }, { c: 3 }, {}]), ['/0', '/1', '/2', '/3/%7B%7B.Resp0_a%7D%7D/3'])
})

test('a text once taken stays as it was', async () => {
  assert.deepEqual(await asked(['/0', '/1/{resp0_a}', '/2/{resp0_a}'], [{ a: 'one' }, { a: 'two' }, {}]), ['/0', '/1/one', '/2/one'])
  assert.deepEqual(await asked(['/0', '/1/{resp0_a}', '/2/{resp0_a}'], [{ a: '' }, { a: 'two' }, {}]), ['/0', '/1/', '/2/two'])
})
