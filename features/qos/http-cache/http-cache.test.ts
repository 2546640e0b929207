/** The cache on Cloudflare, where it is the location's and not the isolate's. What KrakenD answers stands in the conformance cases. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Gateway, startGateway } from '../../../testing/index.ts'

const cached = (extra: object = {}) => ({ extra_config: { 'qos/http-cache': extra } })
const FOR_AN_HOUR = { 'Cache-Control': 'max-age=3600' }
const turns = (headers: { [name: string]: string }) => [1, 2, 3, 4].map((turn) => ({ json: { turn }, headers }))

void describe('qos/http-cache in Cloudflare\'s cache', () => {
  let gateway: Gateway
  before(async () => {
    const endpoint = (path: string, extra: object, more: object = {}) => ({ endpoint: path, input_headers: ['*'], backend: [{ host: ['http://upstream-api'], url_pattern: path, ...cached(extra) }], ...more })
    gateway = await startGateway({
      config: { version: 3, endpoints: [endpoint('/long', {}), endpoint('/etag', {}), endpoint('/cookie', {}, { output_encoding: 'no-op' }), endpoint('/bounded', { max_items: 1, max_size: 10_000 }), endpoint('/moved', {})] },
      upstreams: {
        api: {
          'GET /long': turns(FOR_AN_HOUR),
          'GET /etag': [{ json: { turn: 1 }, headers: { ETag: '"1"' } }, { status: 304 }],
          'GET /cookie': turns({ ...FOR_AN_HOUR, 'Set-Cookie': 'session=ann' }),
          'GET /bounded': turns(FOR_AN_HOUR),
          'GET /moved': [{ status: 302, headers: { Location: '/first' } }, { status: 302, headers: { Location: '/second' } }],
          'GET /first': { json: { turn: 1 }, headers: FOR_AN_HOUR },
          'GET /second': { json: { turn: 2 }, headers: FOR_AN_HOUR },
        },
      },
    })
  })
  after(() => gateway.stop())

  /** Stores are written behind the answer. */
  const turn = async (path: string, headers: { [name: string]: string } = {}): Promise<unknown> => {
    const { turn: number } = (await (await gateway.fetch(path, { headers })).json()) as { turn: number }
    await new Promise((resolve) => setTimeout(resolve, 50))
    return number
  }

  void test('one answer for all who do not say who they are', async () => {
    assert.deepEqual([await turn('/long'), await turn('/long', { 'User-Agent': 'another' })], [1, 1])
  })
  void test('no user sees another\'s answer', async () => {
    const [ann, bob] = [{ Authorization: 'Bearer ann' }, { Authorization: 'Bearer bob' }]
    assert.deepEqual([await turn('/long', ann), await turn('/long', bob), await turn('/long', ann), await turn('/long')], [2, 3, 2, 1])
    assert.equal(await turn('/long', { Cookie: 'session=ann' }), 4)
  })
  void test('what is stale is asked for with its ETag', async () => {
    assert.deepEqual([await turn('/etag'), await turn('/etag')], [1, 1])
  })
  void test('a cookie is for the one who asked', async () => {
    const first = await gateway.fetch('/cookie')
    assert.equal(first.headers.get('set-cookie'), 'session=ann')
    await first.arrayBuffer()
    await new Promise((resolve) => setTimeout(resolve, 50))
    const second = await gateway.fetch('/cookie')
    assert.equal(second.headers.get('set-cookie'), null)
    assert.deepEqual(await second.json(), { turn: 1 })
  })
  void test('with bounds of its own it is in memory', async () => {
    assert.deepEqual([await turn('/bounded?a'), await turn('/bounded?a')], [1, 1])
  })
  void test('where a redirect leads is asked each time', async () => {
    assert.deepEqual([await turn('/moved'), await turn('/moved')], [1, 2])
  })
})
