/** What Analytics Engine does not take is no concern of the request. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGateway, type TestGateway } from '../../../test/gateway.ts'
import { type DataPoint, shorten } from './worker.ts'

const LONG = `/${'é'.repeat(60)}`

const start = (write: (point: DataPoint) => void): Promise<TestGateway> =>
  createGateway({ version: 3, extra_config: { 'cuttle/analytics': { dataset: 'shop' } }, endpoints: [{ endpoint: LONG, backend: [{ host: ['http://up.example'], url_pattern: '/' }] }] }, {
    binding: (name) => (name === 'CUTTLE_DATASET_SHOP' ? { writeDataPoint: write } : undefined),
    fetch: () => Promise.resolve(Response.json({ ok: true })),
  })

test('an index has at most 96 bytes, and no half characters', async () => {
  const points: DataPoint[] = []
  const gateway = await start((point) => void points.push(point))
  await gateway.fetch(encodeURI(LONG))
  assert.equal(points.length, 2)
  for (const { indexes, blobs } of points) {
    assert.ok(new TextEncoder().encode(indexes[0]).length <= 96)
    assert.ok(blobs[1]!.length > indexes[0].length)
  }
  assert.equal(shorten(`${'a'.repeat(95)}é`), 'a'.repeat(95))
  assert.equal(shorten('/short'), '/short')
})

test('a dataset that refuses', async () => {
  const gateway = await start(() => {
    throw new Error('too much')
  })
  assert.equal((await gateway.fetch(encodeURI(LONG))).status, 200)
  assert.deepEqual(gateway.logs, ['cuttle/analytics: too much', 'cuttle/analytics: too much'])
})
