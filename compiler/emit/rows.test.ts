import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { planOf } from '../../worker/routing.ts'
import type { EndpointPlan, Json } from '../../worker/types.ts'
import type { PlannedEndpoint } from '../plan.ts'
import { intern } from './rows.ts'

const endpoint = (handler: Json, i = 0): PlannedEndpoint => ({ method: 'GET', path: `/${i}`, written: null, handler: handler as unknown as EndpointPlan })
const call = (path: string, timeoutMs: number): Json => ({ stages: [['worker/backend/prepare', { pattern: [path, ['Id']], method: 'GET' }]], respond: ['worker/endpoint', { timeoutMs }] })
const restored = (endpoints: readonly PlannedEndpoint[]): unknown => {
  const { kinds, rows } = JSON.parse(JSON.stringify(intern(endpoints))) as ReturnType<typeof intern>
  return rows.map((row) => ({ method: row[0], path: row[1], written: null, handler: planOf({ kinds }, row) }))
}

/** Values as configurations have them, with few texts, so that shapes meet; with what looks like a hole and like a module. */
const json: fc.Arbitrary<Json> = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom<Json>(null, true, 0, 1, 2, 'a', '$', 'worker/merge/one', 'features/x'),
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', '$', '__proto__', '1', '0'), tie('json'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).json

suite('intern', () => {
  test('is undone by planOf, whatever the plans are', () => {
    fc.assert(fc.property(fc.array(json, { minLength: 1, maxLength: 8 }), (handlers) => {
      const endpoints = handlers.map((handler, i) => endpoint(handler, i))
      assert.deepEqual(restored(endpoints), endpoints)
    }), { numRuns: 2000 })
  })

  test('writes one shape once, and in rows only what differs', () => {
    const { kinds, rows } = intern([endpoint(call('/a', 2000), 0), endpoint(call('/b', 2000), 1), endpoint(call('/c', 2000), 2)])
    assert.deepEqual(kinds, [{ stages: [['worker/backend/prepare', { pattern: [{ $: 0 }, ['Id']], method: 'GET' }]], respond: ['worker/endpoint', { timeoutMs: 2000 }] }])
    assert.deepEqual(rows, [['GET', '/0', 0, '/a'], ['GET', '/1', 0, '/b'], ['GET', '/2', 0, '/c']])
  })

  test('gives places that always hold the same one hole', () => {
    const { kinds, rows } = intern([endpoint({ a: 'x', b: 'x', c: 1 }), endpoint({ a: 'y', b: 'y', c: 2 })])
    assert.deepEqual(kinds, [{ a: { $: 0 }, b: { $: 0 }, c: { $: 1 } }])
    assert.deepEqual(rows.map(([, , , ...values]) => values), [['x', 1], ['y', 2]])
  })

  test('keeps modules in the kinds, so that these tell which are in use', () => {
    const { kinds, rows } = intern([endpoint({ merge: ['worker/merge/one', {}] }), endpoint({ merge: ['worker/merge/parallel', {}] })])
    assert.equal(kinds.length, 2)
    assert.doesNotMatch(JSON.stringify(rows), /worker/)
  })

  test('takes no text of the user\'s for a module that is none', () => {
    const texts = ['worker/1.0', 'worker/x],[.', 'features/a b', 'worker/']
    const { kinds, rows } = intern(texts.map((text, i) => endpoint([text, 'x'], i)))
    assert.deepEqual([kinds, rows.map(([, , , ...values]) => values)], [[[{ $: 0 }, 'x']], texts.map((text) => [text])])
  })

  test('keeps the order of the endpoints', () => {
    const { rows } = intern([endpoint(1, 0), endpoint([1], 1), endpoint(2, 2), endpoint([2], 3)])
    assert.deepEqual(rows.map(([, path]) => path), ['/0', '/1', '/2', '/3'])
  })

  test('makes 10,000 endpoints small', () => {
    const endpoints = Array.from({ length: 10_000 }, (_, i) => endpoint(call(`/r${i}/`, 2000), i))
    const { kinds, rows } = intern(endpoints)
    assert.equal(kinds.length, 1)
    assert.ok(JSON.stringify(rows).length < JSON.stringify(endpoints).length / 5)
  })
})
