import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { compile } from '../../../compiler/compile.ts'
import { emitWrangler } from '../../../compiler/emit/wrangler.ts'
import { readJson } from '../../../compiler/load/source.ts'
import { createGateway } from '../../../test/gateway.ts'
import { features } from '../../index.ts'
import type { DataPoint } from './worker.ts'

const configuration = (dataset: unknown): object => ({
  version: 3,
  timeout: '50ms',
  extra_config: { 'cuttle/analytics': { dataset } },
  endpoints: [
    { endpoint: '/a/{id}', backend: [{ host: ['http://up'], url_pattern: '/x/{id}' }] },
    { endpoint: '/bad', backend: [{ host: ['http://down'], url_pattern: '/' }] },
    { endpoint: '/late', backend: [{ host: ['http://slow'], url_pattern: '/' }] },
  ],
})

suite('points of Analytics Engine', () => {
  const ask = async (path: string, init?: RequestInit): Promise<DataPoint[]> => {
    const points: DataPoint[] = []
    const gateway = await createGateway(configuration('requests'), {
      binding: (name) => (name === 'CUTTLE_DATASET_REQUESTS' ? { writeDataPoint: (point: DataPoint) => points.push(point) } : undefined),
      fetch: (url) => {
        if (url.startsWith('http://down')) return Promise.reject(new Error('refused'))
        return url.startsWith('http://slow') ? new Promise(() => undefined) : Promise.resolve(Response.json({ ok: true }, { headers: { 'content-length': '11' } }))
      },
    })
    await (await gateway.fetch(path, init)).text()
    await new Promise((resolve) => setTimeout(resolve, 20))
    return points
  }
  const shape = ({ indexes, blobs, doubles }: DataPoint): unknown[] => [...indexes, ...blobs.map((blob, i) => (i === 4 ? blob.length : blob)), doubles[0], doubles[2]]

  test('one a request and one a call, without path, query or unknown method', async () => {
    assert.deepEqual((await ask('/a/7?token=x')).map(shape), [
      ['/a/:id', 'call', '/a/:id', 'GET', '200', 12, 'up', '/x/{id}', 1, 11],
      ['/a/:id', 'request', '/a/:id', 'GET', '200', 12, '', 1, -1],
    ])
    assert.deepEqual((await ask('/secret', { method: 'ODD' })).map(shape), [['-', 'request', '', '_OTHER', '404', 12, '', 1, -1]])
  })

  test('what goes wrong upstream is told', async () => {
    assert.deepEqual((await ask('/bad')).map(({ blobs }) => blobs[3]), ['failed', '500'])
    assert.deepEqual((await ask('/late')).map(({ blobs }) => blobs[3]!).toSorted((a, b) => (a < b ? -1 : 1)), ['500', 'timeout'])
  })

  test('nothing bound: nothing is written, and requests are answered', async () => {
    const gateway = await createGateway(configuration('requests'), { fetch: () => Promise.resolve(Response.json({})) })
    assert.equal((await gateway.fetch('/a/1')).status, 200)
  })
})

test('wrangler is told of the dataset; elsewhere it does nothing', () => {
  const source = readJson('gateway.json', JSON.stringify(configuration('requests')))
  const { plan } = compile(source, features)
  assert.deepEqual((emitWrangler(null, plan, '.gateway').value as { analytics_engine_datasets: unknown }).analytics_engine_datasets, [{ binding: 'CUTTLE_DATASET_REQUESTS', dataset: 'requests' }])
  assert.deepEqual(compile(source, features, 'deno').findings.map(({ code }) => code), ['no-effect'])
  assert.throws(() => compile(readJson('gateway.json', JSON.stringify(configuration(7))), features))
})
