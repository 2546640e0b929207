import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { compile } from '../../../compiler/compile.ts'
import { readJson } from '../../../compiler/load/source.ts'
import { createGateway, type TestGateway } from '../../../test/gateway.ts'
import { features } from '../../index.ts'

const NAMESPACE = 'modifier/request-body-extractor'
const operation = (type: string, expression: string, target: string, on_conflict = 'skip', strategy = 'dotnotation'): object => ({ type, strategy, expression, target, on_conflict })

const configOf = (endpoint: object, service: object = {}): object => ({
  version: 3,
  extra_config: service,
  endpoints: [{ endpoint: '/e', method: 'POST', input_headers: ['*'], input_query_strings: ['*'], extra_config: endpoint, backend: [{ host: ['http://u.test'], url_pattern: '/' }] }],
})
const fetch = async (url: string, { headers, body }: { headers: { readonly [name: string]: string }; body: BodyInit }): Promise<Response> => Response.json({ query: new URL(url).search, headers, body: await new Response(body).text() })

interface Seen {
  query: string
  headers: { readonly [name: string]: string }
  body: string
}
async function send(gateway: TestGateway, body: string, query = '', headers: Record<string, string> = {}): Promise<Seen> {
  return (await (await gateway.fetch(`/e${query}`, { method: 'POST', body, headers })).json()) as Seen
}

suite(NAMESPACE, () => {
  test('fields of the body become headers and query strings, and the body goes on', async () => {
    const operations = [operation('header', 'user.id', 'X-User'), operation('query_string', 'tenant', 'tenant'), operation('header', 'items[0].name', 'X-Item', 'skip', 'jmespath'), operation('header', 'none.at.all', 'X-None')]
    const body = '{"user": {"id": 12345678901234567890}, "tenant": "a&b c", "items": [{"name": "Ann\u00fc"}]}'
    for (const [endpoint, service] of [[{ [NAMESPACE]: { operations } }, {}], [{ [`${NAMESPACE}/early`]: { operations } }, {}], [{}, { [NAMESPACE]: { operations } }]] as const) {
      const seen = await send(await createGateway(configOf(endpoint, service), { fetch: fetch as never }), body)
      assert.deepEqual([seen.headers['x-user'], seen.headers['x-none'], seen.query, seen.body], ['12345678901234567890', undefined, '?tenant=a%26b+c', body])
      assert.equal(Buffer.from(seen.headers['x-item']!, 'latin1').toString('utf8'), 'Ann\u00fc')
    }
  })

  test('what is there is kept, replaced or added to', async () => {
    for (const [conflict, header, query] of [['skip', 'old', '?a=old&b=1'], ['replace', 'new', '?a=new&b=1'], ['append', 'old, new', '?a=old&a=new&b=1']] as const) {
      const gateway = await createGateway(configOf({ [NAMESPACE]: { operations: [operation('header', 'v', 'X-V', conflict), operation('query_string', 'v', 'a', conflict)] } }), { fetch: fetch as never })
      const seen = await send(gateway, '{"v": "new"}', '?a=old&b=1', { 'x-v': 'old' })
      assert.deepEqual([seen.headers['x-v'], seen.query], [header, query])
    }
  })

  test('no value begins another header; what is no JSON goes through', async () => {
    const gateway = await createGateway(configOf({ [NAMESPACE]: { operations: [operation('header', 'v', 'X-V')] } }), { fetch: fetch as never })
    assert.equal((await send(gateway, '{"v": "a\\r\\nX-Admin: 1"}')).headers['x-v'], undefined)
    for (const body of ['a=b', '', '[1]']) assert.equal((await send(gateway, body)).body, body)
    assert.equal((await send(gateway, '{"v": true}')).headers['x-v'], 'true')
    assert.equal((await send(gateway, '{"v": [1, "a"]}')).headers['x-v'], '[1,"a"]')
  })

  test('a token may stand in the body', async () => {
    const keys = { 'auth/api-keys': { keys: [{ key: 'k', roles: ['r'] }], strategy: 'header', identifier: 'X-Key' } }
    const take = { operations: [operation('header', 'key', 'X-Key', 'replace')] }
    const statusOf = async (namespace: string): Promise<number> => {
      const gateway = await createGateway(configOf({ [namespace]: take, 'auth/api-keys': { roles: ['r'] } }, keys), { fetch: fetch as never })
      return (await gateway.fetch('/e', { method: 'POST', body: '{"key": "k"}' })).status
    }
    assert.deepEqual([await statusOf(`${NAMESPACE}/early`), await statusOf(NAMESPACE)], [200, 401])
  })

  test('findings', () => {
    const findings = (...operations: object[]): string[] => compile(readJson('gateway.json', JSON.stringify(configOf({ [NAMESPACE]: { operations } }))), features).findings.map(({ code, path, suggestion }) => [code, path.at(-1), suggestion].filter(Boolean).join(' '))
    assert.deepEqual(findings(operation('header', 'a', 'X-A')), [])
    assert.deepEqual(findings(operation('headers', 'a', 'X-A')), ['bad-operation type header'])
    assert.deepEqual(findings(operation('header', 'a', 'X A')), ['bad-operation target'])
    assert.deepEqual(findings(operation('header', 'a[', 'X-A', 'skip', 'jmespath')), ['bad-operation expression'])
    assert.deepEqual(findings(operation('header', 'a', 'X-A', 'keep')), ['bad-operation on_conflict'])
  })
})
