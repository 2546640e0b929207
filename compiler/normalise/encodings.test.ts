import assert from 'node:assert/strict'
import { test } from 'node:test'
import { features } from '../../features/index.ts'
import { compile } from '../compile.ts'
import { readJson } from '../load/source.ts'
import type { EndpointPlan } from '../../worker/types.ts'
import type { RespondOptions } from '../../worker/endpoint.ts'

function planOf(endpoint: object, ...backends: object[]): EndpointPlan {
  const backend = backends.map((more) => ({ host: ['http://a'], url_pattern: '/', ...more }))
  const config = { version: 3, endpoints: [{ endpoint: '/a', backend, ...endpoint }] }
  return compile(readJson('gateway.json', JSON.stringify(config)), features).plan.endpoints.find(({ path }) => path === '/a')!.handler
}
const decoderOf = (backend: object): readonly unknown[] => {
  const { decode, stages } = planOf({}, backend).proxy!.backends[0]!
  return [decode[0], ...stages.map(([name]) => name).filter((name) => name.startsWith('worker/shape/'))]
}
const renderOf = (endpoint: object, ...backends: object[]): string => (planOf(endpoint, ...backends).respond[1] as unknown as RespondOptions).render[0]

test('a backend\'s encoding, in any case, and the stage of its filters', () => {
  assert.deepEqual(decoderOf({ encoding: 'xml' }), ['worker/encoding/xml'])
  assert.deepEqual(decoderOf({ encoding: 'RSS' }), ['worker/encoding/rss'])
  assert.deepEqual(decoderOf({ encoding: 'XML', target: 'a' }), ['worker/encoding/xml', 'worker/shape/data'])
  assert.deepEqual(decoderOf({ encoding: 'rss', allow: ['title'] }), ['worker/encoding/rss', 'worker/shape/data'])
  assert.deepEqual(decoderOf({ encoding: 'yaml' }), ['worker/encoding/json'])
})

test('an output encoding, in its own case, or what is named like the only backend\'s', () => {
  for (const name of ['xml', 'yaml', 'negotiate']) assert.equal(renderOf({ output_encoding: name }, {}), `worker/render/${name}`)
  assert.equal(renderOf({ output_encoding: 'XML' }, {}), 'worker/render/json')
  assert.equal(renderOf({ output_encoding: 'fast-json' }, { encoding: 'xml' }), 'worker/render/xml')
  assert.equal(renderOf({ output_encoding: 'fast-json' }, { encoding: 'yaml' }), 'worker/render/yaml')
  assert.equal(renderOf({ output_encoding: 'fast-json' }, { encoding: 'XML' }), 'worker/render/json')
  assert.equal(renderOf({ output_encoding: 'fast-json' }, { encoding: 'rss' }), 'worker/render/json')
  assert.equal(renderOf({ output_encoding: 'fast-json' }, { encoding: 'xml' }, { encoding: 'xml' }), 'worker/render/json')
  assert.equal(renderOf({}, { encoding: 'xml' }), 'worker/render/json')
})
