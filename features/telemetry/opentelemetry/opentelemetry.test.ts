import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRegistry, createDeltas, record } from '../../../worker/telemetry/registry.ts'
import { emitPrometheus } from '../../../worker/telemetry/prometheus.ts'
import { parseTraceparent, startSpan, traceparentOf } from '../../../worker/telemetry/trace.ts'
import { createGateway } from '../../../test/gateway.ts'

const SECONDS = { name: 'work.duration', unit: 's', description: 'How long', bounds: [0.1, 1] }

void test('Prometheus text: cumulative buckets, escaped labels', () => {
  const registry = createRegistry(0)
  const series = registry.series(SECONDS, [['path', 'a"\\\nb']])
  for (const value of [0.05, 0.1, 0.5, 7]) record(series, value)
  const text = emitPrometheus(registry, [['service.name', 'x']], [['build', '1']])
  const labels = String.raw`path="a\"\\\nb",build="1"`
  assert.deepEqual(text.split('\n').slice(3), [
    '# HELP work_duration_seconds How long',
    '# TYPE work_duration_seconds histogram',
    `work_duration_seconds_bucket{${labels},le="0.1"} 2`,
    `work_duration_seconds_bucket{${labels},le="1"} 3`,
    `work_duration_seconds_bucket{${labels},le="+Inf"} 4`,
    `work_duration_seconds_sum{${labels}} 7.65`,
    `work_duration_seconds_count{${labels}} 4`,
    '',
  ])
})

void test('a label stands once: of two the last counts, and series that differ in nothing else are one', () => {
  const registry = createRegistry(0)
  const own = [['http.route', 'all'], ['a.b', '1'], ['a_b', '2'], ['1x', '3']] as const
  for (const route of ['/a', '/b']) record(registry.series({ ...SECONDS, bounds: null }, [['http.route', route], ...own]), 1)
  const lines = emitPrometheus(registry, [['service.name', 'x'], ['cuttle.build', 'y']], [['cuttle.build', '1']]).split('\n')
  assert.equal(lines[2], 'target_info{service_name="x",cuttle_build="1"} 1')
  assert.deepEqual(lines.slice(5), ['work_duration_seconds_total{http_route="all",a_b="2",key_1x="3",cuttle_build="1"} 2', ''])
})

void test('series are bounded: what is beyond shares one that says so', () => {
  const registry = createRegistry(0)
  for (let i = 0; i < 3000; i++) record(registry.series(SECONDS, [['i', i]]), 1)
  assert.equal(registry.all().length, 2001)
  const overflow = registry.series(SECONDS, [['i', 'new']])
  assert.deepEqual(overflow.attributes, [['otel.metric.overflow', true]])
  assert.equal(overflow.count, 1000)
})

void test('deltas: what a sink did not take comes with the next', () => {
  const registry = createRegistry(0)
  let now = 10
  const deltas = createDeltas(registry, () => now)
  const series = registry.series(SECONDS, [])
  record(series, 0.5)
  assert.equal(deltas.take().points[0]!.count, 1)
  record(series, 0.5)
  now = 20
  const second = deltas.take()
  assert.deepEqual([second.since, second.points[0]!.count, second.points[0]!.buckets], [0, 2, [0, 2, 0]])
  second.keep()
  assert.deepEqual(deltas.take().points, [])
  assert.equal(deltas.take().since, 20)
})

void test('traceparent as the W3C has it', () => {
  const header = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  const context = parseTraceparent(header, 'a=b')!
  assert.deepEqual(context, { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', sampled: true, state: 'a=b' })
  assert.equal(traceparentOf(context), header)
  for (const bad of [null, '', '00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01', `${header}-more`, header.toUpperCase(), header.replace('00-', 'ff-')]) assert.equal(parseTraceparent(bad, null), null, String(bad))
  assert.ok(parseTraceparent(`01${header.slice(2)}-more`, null))
  assert.equal(startSpan(context, 0).traceId, context.traceId)
  assert.equal(startSpan(null, 0).sampled, false)
  assert.equal(startSpan(null, 1).sampled, true)
})

interface Sink {
  requests: Map<string, object[]>
  down: boolean
}

async function createObserved(otlp: object, more: object = {}): Promise<{ ask(path: string, init?: RequestInit): Promise<Response>; settle(): Promise<unknown>; sink: Sink; upstream: Headers[]; logs: string[] }> {
  const sink: Sink = { requests: new Map(), down: false }
  const upstream: Headers[] = []
  const config = {
    version: 3,
    extra_config: { 'telemetry/opentelemetry': { service_name: 'shop', metric_reporting_period: 0.01, exporters: { otlp: [{ name: 'o', host: 'sink', port: 4318, use_http: true, ...otlp }] }, ...more } },
    endpoints: [{ endpoint: '/a/{id}', backend: [{ host: ['http://up'], url_pattern: '/x/{id}' }] }],
  }
  const gateway = await createGateway(config, {
    fetch: async (url, init) => {
      if (!url.startsWith('http://sink')) {
        upstream.push(new Headers(init.headers))
        return Response.json({ ok: true })
      }
      if (sink.down) throw new Error('down')
      const path = new URL(url).pathname
      sink.requests.set(path, [...(sink.requests.get(path) ?? []), JSON.parse(new TextDecoder().decode(init.body as Uint8Array)) as object])
      return new Response('{}')
    },
  })
  const settle = async (): Promise<unknown> => Promise.all(gateway.pending.splice(0))
  return { ask: (path, init) => gateway.fetch(path, init), settle, sink, upstream, logs: gateway.logs }
}

const countsOf = (requests: readonly object[] = [], metric: string): number => {
  interface Point { count?: string; asInt?: string }
  interface Metric { name: string; sum?: { dataPoints: Point[] }; histogram?: { dataPoints: Point[] } }
  const metrics = requests.flatMap((request) => (request as { resourceMetrics: { scopeMetrics: { metrics: Metric[] }[] }[] }).resourceMetrics[0]!.scopeMetrics[0]!.metrics)
  return metrics.filter(({ name }) => name === metric).flatMap(({ sum, histogram }) => (sum ?? histogram)!.dataPoints).reduce((total, { count, asInt }) => total + Number(count ?? asInt), 0)
}

void test('pushes what was counted, beside the answers; what a sink that is down misses of metrics comes later, spans are dropped and counted', async () => {
  const { ask, settle, sink } = await createObserved({})
  for (let i = 0; i < 3; i++) assert.equal((await ask(`/a/${i}`)).status, 200)
  await settle()
  assert.equal(countsOf(sink.requests.get('/v1/metrics'), 'http.server.request.duration'), 3)
  assert.equal(countsOf(sink.requests.get('/v1/metrics'), 'http.client.request.started.count'), 3)
  sink.down = true
  await ask('/a/4')
  await settle()
  sink.down = false
  await ask('/a/5')
  await settle()
  assert.equal(countsOf(sink.requests.get('/v1/metrics'), 'http.server.request.duration'), 5)
  // Server, proxy, backend and client span of the one request.
  assert.equal(countsOf(sink.requests.get('/v1/metrics'), 'cuttle.telemetry.dropped'), 4)
})

void test('a trace goes on through the gateway', async () => {
  const { ask, settle, sink, upstream } = await createObserved({})
  const traceId = '0af7651916cd43dd8448eb211c80319c'
  await ask('/a/1', { headers: { traceparent: `00-${traceId}-b7ad6b7169203331-01`, tracestate: 'v=1' } })
  await settle()
  const spans = (sink.requests.get('/v1/traces') as { resourceSpans: { scopeSpans: { spans: { traceId: string; spanId: string; parentSpanId: string; name: string; kind: number }[] }[] }[] }[])[0]!.resourceSpans[0]!.scopeSpans[0]!.spans
  assert.ok(spans.every((span) => span.traceId === traceId))
  const [client, backend, proxy, server] = spans
  assert.deepEqual([server!.kind, server!.parentSpanId, server!.name], [2, 'b7ad6b7169203331', 'GET /a/:id'])
  assert.deepEqual([proxy!.parentSpanId, backend!.parentSpanId, client!.parentSpanId], [server!.spanId, proxy!.spanId, backend!.spanId])
  assert.equal(upstream[0]!.get('traceparent'), `00-${traceId}-${client!.spanId}-01`)
  assert.equal(upstream[0]!.get('tracestate'), 'v=1')
})

void test('a trace that is not sampled is told upstream and to no sink', async () => {
  const { ask, settle, sink, upstream } = await createObserved({}, { trace_sample_rate: 0 })
  await ask('/a/1')
  await settle()
  assert.match(upstream[0]!.get('traceparent')!, /^00-[\da-f]{32}-[\da-f]{16}-00$/)
  assert.equal(sink.requests.has('/v1/traces'), false)
})

void test('nothing that clients choose gets into metrics: no path, no query, no unknown method', async () => {
  const { ask, settle, sink } = await createObserved({ disable_traces: true })
  await ask('/a/secret-id?token=secret-token')
  await ask('/secret-path')
  await ask('/a/1', { method: 'SECRET' })
  await settle()
  const text = JSON.stringify(sink.requests.get('/v1/metrics'))
  assert.doesNotMatch(text, /secret/i)
  assert.match(text, /_OTHER/)
})

/** What a sink is told of one request to an upstream: metrics, traces, logs and the gateway's own log, as one text. */
async function observe(backend: object, answer: () => Promise<Response>, more: object = {}): Promise<{ text: string; requests: Map<string, object[]>; body: string }> {
  const requests = new Map<string, object[]>()
  const config = {
    version: 3,
    extra_config: { router: { return_error_msg: true }, 'telemetry/metrics': { endpoint_disabled: true }, 'telemetry/opentelemetry': { metric_reporting_period: 0.01, exporters: { otlp: [{ name: 'o', host: 'sink', use_http: true, logs: true }] } } },
    endpoints: [{ endpoint: '/a/{id}', input_query_strings: ['*'], backend: [{ host: ['http://user:PASSWD-S@up'], disable_host_sanitize: true, url_pattern: '/x/{id}?apikey=STATIC-S', ...backend }], ...more }],
  }
  const gateway = await createGateway(config, {
    fetch: (url, init) => {
      if (!url.startsWith('http://sink')) return answer()
      const { pathname } = new URL(url)
      requests.set(pathname, [...(requests.get(pathname) ?? []), JSON.parse(new TextDecoder().decode(init.body as Uint8Array)) as object])
      return Promise.resolve(new Response('{}'))
    },
  })
  const body = await (await gateway.fetch('/a/1?token=QUERY-S')).text()
  await Promise.all(gateway.pending)
  return { text: JSON.stringify([...requests, gateway.logs]), requests, body }
}

void test('no password, static key, query value or body of an upstream is told to anyone but the client', async () => {
  const { text, body } = await observe({}, () => Promise.resolve(new Response('BODY-S', { status: 501 })))
  assert.match(body, /apikey=STATIC-S/)
  assert.match(text, /GET \/a\/:id: invalid status code 501 \[GET \/x\/\{\{\.Id\}\}\]: http:\/\/up\/x\/1"/)
  assert.doesNotMatch(text, /-S\b/)
  const coded = await observe({ extra_config: { 'backend/http': { return_error_code: true } } }, () => Promise.resolve(new Response('BODY-S', { status: 503 })))
  assert.match(coded.body, /BODY-S/)
  assert.match(coded.text, /invalid status code 503/)
  assert.doesNotMatch(coded.text, /-S\b/)
})

void test('a call that is left behind has a span, and took as long as it was waited for', async () => {
  const { requests } = await observe({}, () => new Promise(() => undefined), { timeout: '30ms' })
  const text = JSON.stringify(requests.get('/v1/traces'))
  assert.match(text, /"name":"GET \/x\/\{id\}","kind":3,.*"error\.type","value":\{"stringValue":"timeout"\}/)
  assert.equal(countsOf(requests.get('/v1/metrics'), 'http.client.request.duration'), 1)
  assert.equal(countsOf(requests.get('/v1/metrics'), 'http.client.request.timedout.count'), 1)
})
