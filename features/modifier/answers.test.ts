/** Modifiers of answers that KrakenD's Enterprise edition has: by its documentation, since there was none to record. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { compile } from '../../compiler/compile.ts'
import { readJson } from '../../compiler/load/source.ts'
import { createGateway } from '../../test/gateway.ts'
import { features } from '../index.ts'

const configOf = (endpoint: object, backend: object, service: object = {}, more: object = {}) => ({
  version: 3,
  extra_config: service,
  endpoints: [{ endpoint: '/a', extra_config: endpoint, backend: [{ host: ['http://a.internal'], url_pattern: '/', extra_config: backend }], ...more }],
})

async function ask(config: object, data: object | string, path = '/a'): Promise<Response> {
  const text = typeof data === 'string' ? data : JSON.stringify(data)
  const gateway = await createGateway(config, { fetch: () => Promise.resolve(new Response(text, { headers: { 'X-Up': '1' } })) })
  return gateway.fetch(path)
}
const codes = (config: object): string[] => compile(readJson('gateway.json', JSON.stringify(config)), features).findings.map(({ code }) => code)

void describe('modifier/jmespath', () => {
  const students = '{"students":[{"name":"Bill","age":23},{"name":"Mary","age":16}],"big":12345678901234567890}'
  const query = (expr: string): object => ({ 'modifier/jmespath': { expr } })

  for (const [expr, wanted] of [
    ['students[?age > `18`].name', '{"collection":["Bill"]}'],
    ['{names: students[].name}', '{"names":["Bill","Mary"]}'],
    ['length(students)', '{"content":2}'],
    ['nothing', '{}'],
    ['{big: big}', '{"big":12345678901234567890}'],
  ] as const) {
    void test(`${expr} of an endpoint and of a backend`, async () => {
      assert.equal(await (await ask(configOf(query(expr), {}), students)).text(), wanted)
      assert.equal(await (await ask(configOf({}, query(expr)), students)).text(), wanted)
    })
  }

  void test('a function that is given what it can\'t take fails', async () => {
    assert.equal((await ask(configOf(query('sum(students)'), {}), students)).status, 500)
  })

  void test('what is no expression is said', () => {
    assert.deepEqual([codes(configOf(query('a['), {})), codes(configOf(query('nope(@)'), {})), codes(configOf(query('length(a)'), {}))], [['bad-expression'], ['bad-expression'], []])
  })
})

void describe('modifier/response-body', () => {
  const change = (...modifiers: object[]): object => ({ 'modifier/response-body': { modifiers } })

  void test('fields are changed in order', async () => {
    const modifiers = change(
      { regexp: { field: 'card.number', find: '(^\\d{4})(.*)', replace: '${1}-XXXX' } },
      { literal: { field: 'note', find: 'a.', replace: '$1' } },
      { upper: { field: 'name' } },
      { lower: { field: 'city' } },
      { trim: { field: 'text', find: ' \n' } },
      { upper: { field: 'list.name' } },
      { upper: { field: 'constructor.name' } },
    )
    const data = { card: { number: '1234567812345678' }, note: 'aa.a', name: 'straße', city: 'KÖLN', text: '\n x y \n', list: [{ name: 'x' }] }
    const wanted = { card: { number: '1234-XXXX' }, note: 'a$1a', name: 'STRAßE', city: 'köln', text: 'x y', list: [{ name: 'x' }] }
    assert.deepEqual(await (await ask(configOf({}, modifiers), data)).json(), wanted)
    assert.deepEqual(await (await ask(configOf(modifiers, {}), data)).json(), wanted)
  })

  void test('a pattern that Go does not know is said', () => {
    assert.deepEqual(codes(configOf({}, change({ regexp: { field: 'a', find: '(?=a)', replace: '' } }))), ['bad-pattern'])
  })
})

void describe('modifier/response-headers', () => {
  const headers = { delete: ['X-Krakend'], replace: { 'cache-control': ['no-store'], Vary: ['a', 'b'] }, add: { 'X-Up': ['2'], 'X-Hello': ['Wörld\r\nX-B: 1'] }, rename: { 'X-Krakend-Completed': 'X-Completed' } }

  void test('every answer is changed: delete, replace, add, rename', async () => {
    for (const path of ['/a', '/nowhere']) {
      const { headers: found } = await ask(configOf({}, {}, { 'modifier/response-headers': headers }, { output_encoding: 'no-op' }), {}, path)
      assert.deepEqual([found.get('x-krakend'), found.get('cache-control'), found.get('vary'), found.get('x-krakend-completed')], [null, 'no-store', 'a, b', null])
      assert.equal(found.get('x-up'), path === '/a' ? '1, 2' : '2')
      assert.match(found.get('x-hello')!, /^W.{1,2}rld {2}X-B: 1$/)
    }
  })

  void test('what is no name of a header is said', () => {
    assert.deepEqual(codes(configOf({}, {}, { 'modifier/response-headers': { delete: ['no name'] } })), ['bad-name'])
  })
})
