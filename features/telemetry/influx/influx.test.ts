import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGateway } from '../../../test/gateway.ts'
import { add, createStats, sample, summarise } from '../../../worker/telemetry/stats.ts'
import { emitLines } from './worker.ts'

test('lines of what has changed, with escaped tags', () => {
  const stats = createStats()
  add(stats, 'router.response./a b,c.status.200.count', 3)
  add(stats, 'router.connected-total', 3)
  add(stats, 'proxy.requests.layer.pipe.name./x.complete.true.error.false', 2)
  sample(stats, 'router.response./a.time', 5)
  const lines = emitLines({ host: 'h', build: '' }, stats.counters, new Map([['router.connected-total', 1], ['proxy.requests.layer.pipe.name./x.complete.true.error.false', 2]]), stats.samples, 7)
  assert.deepEqual(lines, [
    String.raw`responses,host=h,build=-,name=/a\ b\,c,status=200 total=3i,count=3i 7`,
    'router,host=h,build=-,direction=in total=3i,current=2i 7',
    'router.response-time,host=h,build=-,name=/a max=5i,min=5i,mean=5i,stddev=0i,variance=0i,p0.1=5,p0.25=5,p0.5=5,p0.75=5,p0.9=5,p0.95=5,p0.99=5 7',
  ])
})

test('samples are bounded and fair', () => {
  const stats = createStats()
  for (let i = 0; i < 100_000; i++) sample(stats, 'x', i)
  const one = stats.samples.get('x')!
  assert.deepEqual([one.count, one.kept.length], [100_000, 1028])
  const { percentile } = summarise(one)
  assert.ok(Math.abs(percentile(0.5) - 50_000) < 10_000)
})

test('counts are pushed with the password from its binding, and again where the sink was down', async () => {
  let down = true
  const bodies: string[] = []
  const gateway = await createGateway(
    {
      version: 3,
      extra_config: { 'telemetry/metrics': {}, 'telemetry/influx': { address: 'http://influx:8086', ttl: '10ms', username: 'ü', password: '€' } },
      endpoints: [{ endpoint: '/a', backend: [{ host: ['http://up'], url_pattern: '/b' }] }],
    },
    {
      fetch: (url, init) => {
        if (url.startsWith('http://up')) return Promise.resolve(Response.json({}))
        if (down) return Promise.reject(new Error('down'))
        assert.equal(url, 'http://influx:8086/write?db=krakend&precision=s')
        assert.equal(init.headers.authorization, `Basic ${Buffer.from('ü:€').toString('base64')}`)
        bodies.push(new TextDecoder().decode(init.body as Uint8Array))
        return Promise.resolve(new Response(null, { status: 204 }))
      },
    },
  )
  for (let i = 0; i < 3; i++) {
    await gateway.fetch('/a')
    await Promise.all(gateway.pending)
    down = false
  }
  const counts = [...bodies.join('').matchAll(/^responses,.*name=\/a,status=200 total=(\d+)i,count=(\d+)i/gm)].map(([, total, count]) => [total, count])
  assert.deepEqual(counts, [['2', '2'], ['3', '1']])
})
