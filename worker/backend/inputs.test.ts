import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGateway } from '../../test/gateway.ts'

test('headers and query strings in a url_pattern, which they do not leave', async () => {
  const endpoint = { endpoint: '/e/{id}', input_headers: ['X-Tenant'], input_query_strings: ['page'], backend: [{ host: ['http://u.test'], url_pattern: '/{input_headers.X-Tenant}/{id}/{input_query_strings.page}' }] }
  const gateway = await createGateway({ version: 3, endpoints: [endpoint] }, { fetch: (url) => Promise.resolve(Response.json({ url })) })
  const ask = async (tenant: string | null, query = ''): Promise<string | number> => {
    const answer = await gateway.fetch(`/e/7${query}`, tenant === null ? {} : { headers: { 'x-tenant': tenant } })
    return answer.ok ? ((await answer.json()) as { url: string }).url.replace('http://u.test', '') : answer.status
  }
  assert.equal(await ask('north', '?page=2'), '/north/7/2?page=2')
  assert.equal(await ask(null), '//7/')
  assert.equal(await ask('a b?c#d%2e'), '/a%20b%3Fc%23d%252e/7/')
  assert.equal(await ask('..'), 500)
  assert.equal(await ask('x/../y'), 500)
})
