import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CallInit, Fetch } from '../types.ts'
import { chooseBySize } from './choose.ts'

const INIT: CallInit = { method: 'GET', headers: {}, body: null, length: null, signal: null, buffer: null, gzip: true }
const [first, second] = [{}, {}]

test('what goes through untouched goes by fetch until the backend has given a small answer, and again after a large one', async () => {
  const chosen: string[] = []
  const by = (name: string): Fetch => (url) => {
    chosen.push(name)
    const length = /length=(\d+)/.exec(url)?.[1]
    return Promise.resolve(new Response(null, { headers: length ? { 'content-length': length } : {} }))
  }
  const fetch = chooseBySize(by('client'), by('fetch'))
  const ask = async (length: number | null, init: Partial<CallInit> = {}): Promise<string> => {
    await fetch(`http://up.test/?length=${length ?? ''}`, { ...INIT, backend: first, ...init })
    return chosen.pop()!
  }
  assert.deepEqual([await ask(16_385), await ask(16_384), await ask(100), await ask(100_000), await ask(100), await ask(0)], ['fetch', 'fetch', 'client', 'client', 'fetch', 'client'])
  assert.equal(await ask(100, { backend: second }), 'fetch', 'another backend has not answered yet')
  assert.deepEqual([await ask(null), await ask(100)], ['client', 'fetch'], 'no length says nothing')
  for (const init of [{ buffer: 1000 }, { lazy: true }, { method: 'POST' }, { body: new Uint8Array(1) }, { gzip: false }]) assert.equal(await ask(100_000, init), 'client')
  await ask(100_000)
  await fetch('http://up.test/', INIT)
  assert.equal(chosen.pop(), 'client', 'a call of no backend')
})
