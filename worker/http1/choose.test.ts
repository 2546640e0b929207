import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CallInit, Fetch } from '../types.ts'
import { chooseBySize } from './choose.ts'

const INIT: CallInit = { method: 'GET', headers: {}, body: null, length: null, signal: null, buffer: null, gzip: true }
const [first, second] = [{}, {}]

/** Each asks for an answer of such a length, and says who was called for it. */
function setUp(): (length: number | null, init?: Partial<CallInit>, coding?: string) => Promise<string[]> {
  let called: string[] = []
  const by = (name: string): Fetch => (url) => {
    called.push(name)
    const { searchParams } = new URL(url)
    return Promise.resolve(new Response(null, { headers: [...searchParams] }))
  }
  const fetch = chooseBySize(by('client'), by('fetch'))
  return async (length, init = {}, coding) => {
    called = []
    const fields = new URLSearchParams({ ...(length !== null && { 'content-length': String(length) }), ...(coding && { 'content-encoding': coding }) })
    await fetch(`http://up.test/?${fields}`, { ...INIT, backend: first, ...init })
    return called
  }
}

test('what goes through untouched goes by fetch once the backend has given a large answer, until it gives a small one', async () => {
  const ask = setUp()
  assert.deepEqual([await ask(16_384), await ask(16_385), await ask(100_000), await ask(100), await ask(100_000), await ask(null), await ask(1)].flat(), ['client', 'client', 'fetch', 'fetch', 'client', 'fetch', 'client'])
  await ask(100_000)
  assert.deepEqual(await ask(100, { backend: second }), ['client'], 'another backend has given none')
  for (const init of [{ buffer: 1000 }, { lazy: true }, { method: 'POST' }, { body: new Uint8Array(1) }, { gzip: false }]) assert.deepEqual(await ask(100_000, init), ['client'])
})

test('a coding that fetch would have undone is asked for again, and stays with the client', async () => {
  const ask = setUp()
  assert.deepEqual(await ask(100_000, {}, 'br'), ['client'])
  assert.deepEqual(await ask(100_000), ['client'])
  assert.deepEqual(await ask(100_000, {}, 'br'), ['fetch', 'client'])
  assert.deepEqual(await ask(100_000, {}, 'br'), ['client'])
})

test('fetch asks for no coding, as our client does not: an upstream that could pack its answers is asked once', async () => {
  const asked: (string | undefined)[] = []
  const upstream: Fetch = (_url, { headers }) => {
    asked.push(headers['accept-encoding'])
    const packed = headers['accept-encoding']?.includes('gzip')
    return Promise.resolve(new Response(null, { headers: { 'content-length': packed ? '500' : '100000', ...(packed && { 'content-encoding': 'gzip' }) } }))
  }
  const fetch = chooseBySize(upstream, upstream)
  for (let i = 0; i < 3; i++) await fetch('http://up.test/', { ...INIT, headers: {}, backend: first })
  assert.deepEqual(asked, [undefined, 'identity', 'identity'])
})

test('an address that fetch would write in another way stays with the client', async () => {
  const called: string[] = []
  const by = (name: string): Fetch => () => (called.push(name), Promise.resolve(new Response(null, { headers: { 'content-length': '100000' } })))
  const fetch = chooseBySize(by('client'), by('fetch'))
  for (const query of ['', 'a=[1]&b=%27', `q='x'`, 'r="1"', 'a=<b>', 'a={b}', 'a=ü', 'a=|']) await fetch(`http://up.test/?${query}`, { ...INIT, headers: {}, backend: first })
  assert.deepEqual(called, ['client', 'fetch', 'client', 'client', 'client', 'client', 'client', 'client'])
})

test('who codes some answers though nobody asked stays with the client', async () => {
  const ask = setUp()
  await ask(100_000)
  assert.deepEqual(await ask(100_000, {}, 'gzip'), ['fetch', 'client'])
  assert.deepEqual([await ask(100_000), await ask(100_000), await ask(100_000, {}, 'gzip')].flat(), ['client', 'client', 'client'])
})
