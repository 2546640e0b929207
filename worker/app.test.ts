import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compile } from '../compiler/compile.ts'
import { readJson } from '../compiler/load/source.ts'
import { features } from '../features/index.ts'
import { importProgram } from '../test/gateway.ts'
import { createApp } from './app.ts'
import { Hono } from './hono.ts'
import { createPlatform } from './platform/cloudflare.ts'

const backend = { host: ['http://up.test'], url_pattern: '/', extra_config: {} }
const CONFIG = { version: 3, endpoints: [{ endpoint: '/a', backend: [backend, { ...backend, extra_config: { proxy: { shadow: true } } }] }] }

test('work that outlives its answer is held where someone holds it, and goes on by itself where nobody does', async (t) => {
  const asked: string[] = []
  t.mock.method(globalThis, 'fetch', (url: string) => {
    asked.push(url)
    return Promise.resolve(Response.json({ ok: true }))
  })
  const gateway = createApp({ ...(await importProgram(compile(readJson('gateway.json', JSON.stringify(CONFIG)), features).plan)), createPlatform })
  const held: Promise<unknown>[] = []
  const execution = { waitUntil: (work: Promise<unknown>) => void held.push(work), passThroughOnException: () => undefined, props: {} }
  for (const app of [gateway, new Hono().route('/', gateway)]) assert.deepEqual(await (await app.request('/a')).json(), { ok: true })
  const below = new Hono().mount('/api', gateway.fetch)
  assert.equal((await below.request('/api/a')).status, 200)
  assert.equal((await below.request('/api/a', undefined, {}, execution)).status, 200)
  assert.deepEqual([asked.length, held.length], [8, 1])
})

test('middleware may have read the body', async (t) => {
  const sent: string[] = []
  t.mock.method(globalThis, 'fetch', async (_url: string, init: { body: BodyInit }) => {
    sent.push(await new Response(init.body).text())
    return Response.json({ ok: true })
  })
  const config = { version: 3, endpoints: [{ endpoint: '/a', method: 'POST', backend: [backend] }] }
  const gateway = createApp({ ...(await importProgram(compile(readJson('gateway.json', JSON.stringify(config)), features).plan)), createPlatform })
  const app = new Hono()
  app.use(async (c, next) => {
    if (c.req.header('x-read')) await c.req.json()
    await next()
  })
  app.route('/', gateway)
  for (const headers of [{}, { 'x-read': '1' }]) assert.equal((await app.request('/a', { method: 'POST', body: '{"a":1}', headers })).status, 200)
  assert.deepEqual(sent, ['{"a":1}', '{"a":1}'])
})
