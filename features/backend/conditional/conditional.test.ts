import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { compile } from '../../../compiler/compile.ts'
import { readJson } from '../../../compiler/load/source.ts'
import { createGateway } from '../../../test/gateway.ts'
import { features } from '../../index.ts'

interface When {
  strategy: string
  name?: string
  value?: string
}
const backend = (path: string, when: When | null): object => ({ host: ['http://u.test'], url_pattern: `/${path}`, ...(when && { extra_config: { 'backend/conditional': when } }) })
const fallback: When = { strategy: 'fallback' }

/** What was called, and what came of it. */
async function asker(backends: object[], extra: object = {}, answers: { readonly [path: string]: object } = {}) {
  const called: string[] = []
  const fetch = (url: string): Promise<Response> => {
    const path = new URL(url).pathname.slice(1)
    called.push(path)
    return Promise.resolve(Response.json(answers[path] ?? { [path]: true }))
  }
  const gateway = await createGateway({ version: 3, endpoints: [{ endpoint: '/e/{id}', input_headers: ['X-Model', 'X-Role'], backend: backends, extra_config: extra }] }, { fetch })
  return async (headers: Record<string, string>, id = '1') => {
    called.length = 0
    const answer = await gateway.fetch(`/e/${id}`, { headers })
    return [called.toSorted().join(' '), answer.headers.get('x-krakend-completed'), await answer.json()] as const
  }
}

suite('backend/conditional', () => {
  test('a header, and the fallback where no other is called', async () => {
    const ask = await asker([backend('a', { strategy: 'header', name: 'x-MODEL', value: 'a' }), backend('b', { strategy: 'header', name: 'X-Model', value: 'b' }), backend('c', fallback), backend('always', null)])
    assert.deepEqual(await ask({ 'x-model': 'a' }), ['a always', 'true', { a: true, always: true }])
    assert.deepEqual(await ask({ 'x-model': 'b' }), ['always b', 'true', { b: true, always: true }])
    assert.deepEqual(await ask({ 'x-model': 'B' }), ['always c', 'true', { c: true, always: true }])
    assert.deepEqual(await ask({}), ['always c', 'true', { c: true, always: true }])
  })

  test('policies of the request, with macros', async () => {
    const ask = await asker([backend('moderators', { strategy: 'policy', value: "hasHeader('X-Role') && req_headers['X-Role'][0].contains('mod')" }), backend('first', { strategy: 'policy', value: "req_params.Id == '1'" }), backend('rest', fallback)])
    assert.deepEqual((await ask({ 'x-role': 'a mod' }))[0], 'first moderators')
    assert.deepEqual((await ask({ 'x-role': 'a mod' }, '2'))[0], 'moderators')
    assert.deepEqual((await ask({ 'x-role': 'user' }, '2'))[0], 'rest')
  })

  test('in a sequence, policies of what was answered before', async () => {
    const sequence = { proxy: { sequential: true, sequential_propagated_params: ['resp0_label'] } }
    const backends = [backend('classify', null), backend('answer', { strategy: 'policy', value: "req_params['Resp0_label'] == 'good'" }), backend('refuse', fallback)]
    assert.deepEqual((await (await asker(backends, sequence, { classify: { label: 'good' } }))({}))[0], 'answer classify')
    assert.deepEqual((await (await asker(backends, sequence, { classify: { label: 'bad' } }))({}))[0], 'classify refuse')
  })

  test('where none is called the answer is empty', async () => {
    const ask = await asker([backend('a', { strategy: 'header', name: 'X-Model', value: 'a' })])
    assert.deepEqual((await ask({}))[2], {})
  })

  test('findings', () => {
    const codes = (...all: When[]): string[] => compile(readJson('gateway.json', JSON.stringify({ version: 3, endpoints: [{ endpoint: '/', backend: all.map((when, i) => backend(String(i), when)) }] })), features).findings.map(({ code }) => code)
    const good: When = { strategy: 'policy', value: 'true' }
    assert.deepEqual(codes(good, fallback), [])
    assert.deepEqual(codes({ strategy: 'headers' }), ['wrong-type'])
    assert.deepEqual(codes({} as When), ['no-strategy'])
    assert.deepEqual(codes({ strategy: 'header', value: 'a' }), ['no-header'])
    assert.deepEqual(codes({ strategy: 'policy', value: 'req_params.' }, fallback), ['bad-expression'])
    assert.deepEqual(codes(fallback), ['no-effect'])
    assert.deepEqual(codes(good, fallback, fallback), ['two-fallbacks', 'two-fallbacks'])
  })
})
