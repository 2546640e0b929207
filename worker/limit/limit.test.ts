/** Buckets, leases, breakers: counted by hand. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Failure, Made } from '../types.ts'
import { createBreaker } from './breaker.ts'
import { createBuckets } from './bucket.ts'
import { limit as globalLimit } from './global.ts'
import { createKeyed } from './keyed.ts'
import { full, lease } from './lease.ts'
import { CuttleLimits } from './object.ts'

void describe('what is kept for each key', () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const heap = (): number => {
    collect()
    return process.memoryUsage().heapUsed / 2 ** 20
  }

  void test('a million clients take no more memory than a hundred thousand', () => {
    const buckets = createBuckets({ capacity: 1, intervalMs: 1000 }, () => 0)
    const address = (i: number): string => `${i >> 24}.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`
    for (let i = 0; i < 100_000; i++) buckets(address(i)).take()
    const before = heap()
    for (let i = 100_000; i < 1_000_000; i++) buckets(address(i)).take()
    assert.ok(heap() - before < 30, `${heap() - before} MB more`)
  })

  void test('the last fifty thousand are remembered, the first are forgotten', () => {
    const numbers = createKeyed(() => ({ count: 0 }))
    for (let i = 0; i < 150_000; i++) numbers(`key ${i}`).count++
    assert.equal(numbers('key 149999').count, 1)
    assert.equal(numbers('key 100001').count, 1)
    assert.equal(numbers('key 1').count, 0)
  })

  void test('long keys count for what they are', () => {
    let made = 0
    const keyed = createKeyed(() => ++made)
    for (let i = 0; i < 1100; i++) keyed(`${i}`.padEnd(8000, 'x'))
    keyed('0'.padEnd(8000, 'x'))
    assert.equal(made, 1101, 'the first of eight million characters is forgotten')
  })

  void test('who comes again is not forgotten', () => {
    const numbers = createKeyed(() => ({ count: 0 }))
    for (let i = 0; i < 300_000; i++) {
      numbers(`key ${i}`)
      if (i % 1000 === 0) numbers('again').count++
    }
    assert.equal(numbers('again').count, 300)
  })
})

void describe('leases', () => {
  const rate = { capacity: 100, intervalMs: 10 }
  void test('a tenth of what is left, then one by one, never more than there is', () => {
    const level = full(rate, 0)
    const granted: number[] = []
    for (let given = 0; ; given += granted.at(-1)!) {
      const next = lease(level, rate, 1000, 0)
      if (!next.granted) {
        assert.equal(given, 100)
        assert.equal(next.waitMs, 10)
        break
      }
      granted.push(next.granted)
    }
    assert.equal(granted[0], 10)
    assert.equal(granted.at(-1), 1)
    assert.ok(granted.length < 50, `${granted.length} leases`)
  })
  void test('tokens come back with time, up to the capacity', () => {
    const level = { tokens: 0, at: 0 }
    assert.deepEqual(lease(level, rate, 1, 5), { granted: 0, waitMs: 5 })
    assert.deepEqual(lease(level, rate, 1, 10), { granted: 1, waitMs: 0 })
    lease(level, rate, 0, 1e9)
    assert.ok(level.tokens <= 100)
    assert.equal(lease({ tokens: 5, at: 1000 }, rate, 1, 0).granted, 1, 'a clock that goes back takes nothing away')
  })
})

void describe('the object', () => {
  const createStorage = () => {
    const kept = new Map<string, unknown>()
    let alarm: number | null = null
    const storage = {
      get: async <T>(key: string) => kept.get(key) as T | undefined,
      put: async (key: string, value: unknown) => void kept.set(key, structuredClone(value)),
      deleteAll: async () => kept.clear(),
      getAlarm: async () => alarm,
      setAlarm: async (at: number) => void (alarm = at),
    }
    return { storage, kept, alarm: () => alarm }
  }
  const ask = async (object: CuttleLimits, rate: object, wanted = 1) => (await (await object.fetch(new Request('http://limits/', { method: 'POST', body: JSON.stringify({ rate, wanted }) }))).json()) as { granted: number }
  const slow = { capacity: 2, intervalMs: 60_000 }

  void test('what takes long to fill is remembered by the next one', async () => {
    const state = createStorage()
    const first = new CuttleLimits(state)
    assert.equal((await ask(first, slow)).granted, 1)
    const second = new CuttleLimits(state)
    assert.equal((await ask(second, slow)).granted, 1)
    assert.equal((await ask(second, slow)).granted, 0)
    assert.ok(state.alarm()! > Date.now() + 100_000)
    await second.alarm()
    assert.equal(state.kept.size, 1, 'not full yet: it stays')
  })
  void test('what is full soon is not written down', async () => {
    const state = createStorage()
    await ask(new CuttleLimits(state), { capacity: 10, intervalMs: 100 })
    assert.equal(state.kept.size, 0)
    assert.equal(state.alarm(), null)
  })
})

const madeOf = (now: () => number, binding?: unknown): Made =>
  ({ platform: { now, startedAt: 0, log: () => undefined, binding: () => binding }, site: { method: 'GET', path: '/a' } }) as unknown as Made

void describe('an isolate that leases', () => {
  const createObjects = () => {
    const asked: { name: string; wanted: number }[] = []
    const objects = new Map<string, CuttleLimits>()
    const storage = { get: async () => undefined, put: async () => undefined, deleteAll: async () => undefined, getAlarm: async () => null, setAlarm: async () => undefined }
    const get = (name: string) => ({
      fetch: async (url: string, init: RequestInit) => {
        asked.push({ name, wanted: (JSON.parse(init.body as string) as { wanted: number }).wanted })
        if (!objects.has(name)) objects.set(name, new CuttleLimits({ storage } as never))
        return objects.get(name)!.fetch(new Request(url, init))
      },
    })
    return { asked, binding: { idFromName: (name: string) => name, get } }
  }
  const options = { binding: 'X', name: 'all', rate: { capacity: 1000, intervalMs: 3600 }, onFailure: 'deny' as const }

  void test('asks for more the busier it is, and not for each request', async () => {
    const { asked, binding } = createObjects()
    const limit = globalLimit(options, madeOf(() => 0, binding))
    for (let i = 0; i < 1000; i++) assert.equal(await limit(''), true)
    assert.equal(await limit(''), false)
    assert.ok(asked.length < 80, `${asked.length} leases for 1000 requests`)
    const before = asked.length
    for (let i = 0; i < 1000; i++) assert.equal(await limit(''), false)
    assert.equal(asked.length, before, 'it knows when the next token comes')
  })
  void test('asks for one at a time where little happens', async () => {
    const { asked, binding } = createObjects()
    let now = 0
    const limit = globalLimit(options, madeOf(() => (now += 5000), binding))
    for (let i = 0; i < 10; i++) await limit('')
    assert.deepEqual(asked.map(({ wanted }) => wanted), Array(10).fill(1))
  })
  void test('an object that does not answer is left alone for a second', async () => {
    let calls = 0
    let now = 0
    const broken = { idFromName: (name: string) => name, get: () => ({ fetch: () => Promise.reject(new Error(`down ${++calls}`)) }) }
    const limit = globalLimit({ ...options, onFailure: 'allow' }, madeOf(() => now, broken))
    for (let i = 0; i < 5; i++) assert.equal(await limit(''), true)
    assert.equal(calls, 1)
    now = 1001
    await limit('')
    assert.equal(calls, 2)
  })
})

void describe('a breaker', () => {
  const isOpen = (pass: number | Failure): boolean => typeof pass !== 'number'
  const options = { intervalMs: 0, timeoutMs: 1000, maxErrors: 1, logAs: null }

  void test('opens, tries once, and closes', () => {
    let now = 0
    const breaker = createBreaker(options, madeOf(() => now))
    for (let i = 0; i < 2; i++) breaker.leave(breaker.enter() as number, true)
    assert.ok(isOpen(breaker.enter()))
    now = 1001
    const trial = breaker.enter() as number
    assert.deepEqual(breaker.enter(), { kind: 'refused', message: 'too many requests' })
    breaker.leave(trial, false)
    assert.equal(isOpen(breaker.enter()), false)
  })
  void test('what began before it opened says nothing about after', () => {
    let now = 0
    const breaker = createBreaker(options, madeOf(() => now))
    const late = breaker.enter() as number
    for (let i = 0; i < 2; i++) breaker.leave(breaker.enter() as number, true)
    now = 1001
    const trial = breaker.enter() as number
    breaker.leave(late, false)
    assert.ok(isOpen(breaker.enter()))
    breaker.leave(trial, true)
    assert.ok(isOpen(breaker.enter()))
  })
  void test('a trial that never ends makes room for another', () => {
    let now = 0
    const breaker = createBreaker(options, madeOf(() => now))
    for (let i = 0; i < 2; i++) breaker.leave(breaker.enter() as number, true)
    now = 1001
    breaker.enter()
    now = 2002
    assert.equal(isOpen(breaker.enter()), false)
  })
})
