/** How far limits are shared: three Workers, as three isolates are, on one Durable Object. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Miniflare } from 'miniflare'
import { compile } from '../../../compiler/compile.ts'
import { RefusedError } from '../../../compiler/diagnostics.ts'
import { bundle } from '../../../compiler/emit/bundle.ts'
import { emitModule, type Target } from '../../../compiler/emit/module.ts'
import { LIMITS_CLASS } from '../../../compiler/emit/needs.ts'
import { COMPATIBILITY_DATE, COMPATIBILITY_FLAGS } from '../../../compiler/emit/workerd.ts'
import { readJson } from '../../../compiler/load/source.ts'
import { features } from '../../index.ts'

const LIMIT = 50
const NODES = ['one', 'two', 'three']
const every = { every: '10m' }
const limits = {
  '/isolate': { max_rate: LIMIT, capacity: LIMIT, ...every },
  '/global': { max_rate: LIMIT, capacity: LIMIT, ...every, accuracy: 'global' },
  '/clients': { client_max_rate: 2, client_capacity: 2, ...every, strategy: 'header', key: 'X-Client', accuracy: 'global' },
  '/location': { max_rate: 3, every: '10s', accuracy: 'location' },
}
const config = {
  version: 3,
  endpoints: Object.entries(limits).map(([endpoint, limit]) => ({ endpoint, extra_config: { 'qos/ratelimit/router': limit }, backend: [{ host: ['http://upstream.internal'], url_pattern: '/' }] })),
}
const planFor = (value: object, target: Target | null) => compile(readJson('gateway.json', JSON.stringify(value)), features, target).plan

/** Requests that pass, of so many to each of the nodes, as many at a time as they take. */
async function passing(miniflare: Miniflare, path: string, nodes: readonly string[], each: number, headers: { [name: string]: string } = {}): Promise<number> {
  const workers = (await Promise.all(nodes.map((name) => miniflare.getWorker(name)))) as unknown as { fetch: typeof fetch }[]
  const statuses = await Promise.all(workers.flatMap((worker) => Array.from({ length: each }, async () => {
    const response = await worker.fetch(`http://gateway${path}`, { headers })
    await response.arrayBuffer()
    return response.status
  })))
  assert.deepEqual(statuses.filter((status) => ![200, 429, 503].includes(status)), [])
  return statuses.filter((status) => status === 200).length
}

async function startNodes(plan: ReturnType<typeof planFor>, withObjects: boolean): Promise<Miniflare> {
  const { code } = await bundle(emitModule(plan, 'cloudflare'))
  const workers = NODES.map((name, i) => ({
    config: {
      name,
      compatibilityDate: COMPATIBILITY_DATE,
      compatibilityFlags: [...COMPATIBILITY_FLAGS],
      manifest: { mainModule: 'worker.js', modulesRoot: '/', modules: { 'worker.js': { type: 'esm' as const, contents: code } } },
      env: {
        ...(withObjects && { [plan.bindings.limits.objects!]: { type: 'durable-object' as const, worker: NODES[0]!, exportName: LIMITS_CLASS } }),
        ...Object.fromEntries(plan.bindings.limits.rates.map(({ name, limit, periodSeconds }) => [name, { type: 'rate-limit' as const, namespace: name, simple: { limit, period: periodSeconds as 10 } }])),
      },
      ...(withObjects && i === 0 && { exports: { [LIMITS_CLASS]: { type: 'durable-object' as const, storage: 'sqlite' as const } } }),
    },
    dev: { outboundService: { type: 'fetcher' as const, handler: () => Response.json({}) as never } },
  }))
  return new Miniflare({ host: '127.0.0.1', port: 0, cf: false, logRequests: false, handleStructuredLogs: () => undefined, workers })
}

void describe('three nodes on one Durable Object', () => {
  let miniflare: Miniflare
  before(async () => void (miniflare = await startNodes(planFor(config, 'cloudflare'), true)))
  after(() => miniflare.dispose())

  void test('isolate lets through the limit of each', async () => {
    assert.equal(await passing(miniflare, '/isolate', NODES, 2 * LIMIT), NODES.length * LIMIT)
  })

  void test('global lets through the limit, and not less than that without what the nodes may hold', async () => {
    const passed = await passing(miniflare, '/global', NODES, 2 * LIMIT)
    assert.ok(passed <= LIMIT, `${passed} passed`)
    assert.ok(passed >= LIMIT - NODES.length * (LIMIT / 10), `${passed} passed`)
  })

  void test('every client has its own', async () => {
    assert.equal(await passing(miniflare, '/clients', NODES, 3, { 'X-Client': 'ann' }), 2)
    assert.equal(await passing(miniflare, '/clients', NODES, 3, { 'X-Client': 'bob' }), 2)
    assert.equal(await passing(miniflare, '/clients', NODES, 1), 0)
  })

  void test('location counts with the platform\'s rate limit', async () => {
    assert.equal(await passing(miniflare, '/location', ['one'], 6), 3)
  })
})

void describe('without its Durable Object', () => {
  const withFailure = (on_failure?: string): object => ({ ...config, endpoints: [{ ...config.endpoints[1]!, extra_config: { 'qos/ratelimit/router': { ...limits['/global'], ...(on_failure && { on_failure }) } } }] })

  for (const [on_failure, passed] of [['allow', 4], ['deny', 0], [undefined, 0]] as const) {
    void test(`on_failure ${on_failure ?? 'unsaid'}: ${passed} of 4 pass`, async () => {
      const miniflare = await startNodes(planFor(withFailure(on_failure), 'cloudflare'), false)
      try {
        assert.equal(await passing(miniflare, '/global', ['one'], 4), passed)
      } finally {
        await miniflare.dispose()
      }
    })
  }
})

void describe('what is refused', () => {
  const findingsOf = (limit: object, target: Target | null): string[] => {
    try {
      planFor({ ...config, endpoints: [{ ...config.endpoints[0]!, extra_config: { 'qos/ratelimit/router': { max_rate: 3, every: '10s', ...limit } } }] }, target)
      return []
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error
      return error.findings.map(({ code }) => code)
    }
  }
  void test('global and location on Deno', () => {
    assert.deepEqual(findingsOf({ accuracy: 'global' }, 'deno'), ['no-durable-objects'])
    assert.deepEqual(findingsOf({ accuracy: 'location' }, 'deno'), ['no-rate-limits'])
    for (const target of ['cloudflare', 'workerd', null] as const) for (const accuracy of ['global', 'location', 'isolate']) assert.deepEqual(findingsOf({ accuracy }, target), [])
  })
  void test('a location\'s limit that Cloudflare can\'t count', () => {
    assert.deepEqual(findingsOf({ accuracy: 'location', every: '1s' }, null), ['unfit-period'])
    assert.deepEqual(findingsOf({ accuracy: 'location', max_rate: 1.5, every: '1m' }, null), ['unfit-rate'])
  })
  void test('words that nobody knows', () => {
    assert.deepEqual(findingsOf({ accuracy: 'globl', on_failure: 'open' }, null), ['unknown-value', 'unknown-value'])
  })
})
