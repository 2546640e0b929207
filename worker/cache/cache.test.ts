/** What is fresh, what is kept, and for whom. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { UpstreamRequest } from '../types.ts'
import { freshnessOf, isForSame, mayBeStale, parseCacheControl } from './freshness.ts'
import { keyOf } from './key.ts'
import { createMemoryStore } from './store.ts'

const DATE = 'Mon, 01 Jan 2001 00:00:00 GMT'
const then = Date.parse(DATE)
const stored = (headers: { [name: string]: string }): Headers => new Headers({ date: DATE, ...headers })
const none = parseCacheControl(null)

void describe('freshness', () => {
  const cases: [string, Headers, string | null, number, string][] = [
    ['max-age not over', stored({ 'cache-control': 'max-age=10' }), null, 9, 'fresh'],
    ['max-age over', stored({ 'cache-control': 'max-age=10' }), null, 10, 'stale'],
    ['quotes make it 0', stored({ 'cache-control': 'max-age="10"' }), null, 1, 'stale'],
    ['max-age before Expires', stored({ 'cache-control': 'max-age=1', expires: 'Mon, 01 Jan 2001 00:01:00 GMT' }), null, 5, 'stale'],
    ['Expires', stored({ expires: 'Mon, 01 Jan 2001 00:01:00 GMT' }), null, 59, 'fresh'],
    ['no date', new Headers({ 'cache-control': 'max-age=10' }), null, 0, 'stale'],
    ['no-cache of the answer', stored({ 'cache-control': 'no-cache, max-age=10' }), null, 0, 'stale'],
    ['no-cache of the request', stored({ 'cache-control': 'max-age=10' }), 'no-cache', 0, 'not-asked'],
    ['max-age of the request', stored({ 'cache-control': 'max-age=100' }), 'max-age=5', 6, 'stale'],
    ['min-fresh', stored({ 'cache-control': 'max-age=10' }), 'min-fresh=5', 6, 'stale'],
    ['max-stale', stored({ 'cache-control': 'max-age=10' }), 'max-stale=5', 14, 'fresh'],
    ['max-stale without end', stored({ 'cache-control': 'max-age=10' }), 'max-stale', 1e6, 'fresh'],
    ['only-if-cached', stored({}), 'only-if-cached', 1e6, 'fresh'],
  ]
  for (const [name, headers, asked, seconds, expected] of cases) {
    void test(name, () => assert.equal(freshnessOf(headers, parseCacheControl(asked), then + seconds * 1000), expected))
  }
  void test('stale-if-error', () => {
    const at = (seconds: number): number => then + seconds * 1000
    assert.equal(mayBeStale(stored({ 'cache-control': 'stale-if-error=10' }), none, at(9)), true)
    assert.equal(mayBeStale(stored({ 'cache-control': 'stale-if-error=10' }), none, at(10)), false)
    assert.equal(mayBeStale(stored({ 'cache-control': 'stale-if-error' }), none, at(1e6)), true)
    assert.equal(mayBeStale(stored({}), parseCacheControl('stale-if-error=10'), at(1)), true)
    assert.equal(mayBeStale(stored({}), none, at(0)), false)
  })
  void test('Vary', () => {
    const german = stored({ vary: 'Accept-Language', 'x-varied-accept-language': 'de' })
    assert.equal(isForSame(german, new Map([['accept-language', 'de']])), true)
    assert.equal(isForSame(german, new Map([['accept-language', 'fr']])), false)
    assert.equal(isForSame(german, new Map()), false)
    assert.equal(isForSame(stored({ vary: '*' }), new Map()), true)
    assert.equal(isForSame(stored({ vary: 'a b' }), new Map()), true)
  })
})

void describe('keys', () => {
  const key = (headers: { [name: string]: string }): string => keyOf('', { method: 'GET', url: 'http://a/', headers: new Map(Object.entries(headers)) } as UpstreamRequest)
  for (const name of ['authorization', 'cookie', 'x-user', 'x-api-key', 'x-tenant', 'proxy-authorization', 'cf-access-jwt-assertion', 'cf-access-client-id', 'sec-token']) {
    void test(`${name} tells users apart`, () => assert.notEqual(key({ [name]: 'ann' }), key({ [name]: 'bob' })))
  }
  for (const name of ['accept-language', 'user-agent', 'x-forwarded-for', 'traceparent', 'if-none-match', 'cf-ray', 'sec-fetch-mode', 'sec-ch-ua']) {
    void test(`${name} does not`, () => assert.equal(key({ [name]: 'ann' }), key({ [name]: 'bob' })))
  }
  void test('no value can look like another header', () => {
    assert.notEqual(key({ 'x-a': '1","x-b","2' }), key({ 'x-a': '1', 'x-b': '2' }))
  })
})

void describe('the memory', () => {
  const entry = (size: number) => ({ status: 200, headers: [], body: new Uint8Array(size) })
  void test('what was not asked for longest goes first', async () => {
    const store = createMemoryStore({ items: 2, bytes: 1e6 })
    await store.put('a', entry(1))
    await store.put('b', entry(1))
    await store.get('a')
    await store.put('c', entry(1))
    assert.deepEqual(await Promise.all(['a', 'b', 'c'].map(async (key) => Boolean(await store.get(key)))), [true, false, true])
  })
  void test('is bounded by bytes', async () => {
    const store = createMemoryStore({ items: 1e6, bytes: 10_000 })
    for (let i = 0; i < 1000; i++) await store.put(`${i}`, entry(900))
    const left = await Promise.all(Array.from({ length: 1000 }, async (_, i) => Boolean(await store.get(`${i}`))))
    assert.equal(left.filter(Boolean).length, 10)
    await store.put('large', entry(9981))
    assert.equal(await store.get('large'), undefined)
    assert.ok(await store.get('999'))
  })
  void test('counts answers as KrakenD does: the head, and headers with what is between them', async () => {
    const store = createMemoryStore({ items: 10, bytes: 131 })
    const body = new Uint8Array(100)
    await store.put('k'.repeat(500), { status: 200, headers: [['a', 'bcdef']], body })
    await store.put('k', { status: 200, headers: [['a', 'bcdefghi']], body })
    await store.put('k'.repeat(600), { status: 200, headers: [], body })
    assert.deepEqual(await Promise.all(['k'.repeat(500), 'k', 'k'.repeat(600)].map(async (key) => Boolean(await store.get(key)))), [true, false, false])
  })
})
