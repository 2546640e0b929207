/** Ten backends where six connections may wait for headers: calls take turns, and none starves (DESIGN.md, platforms). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createGateway, type TestGateway } from '../test/gateway.ts'
import { createSlots } from './slots.ts'
import type { Fetch } from './types.ts'

const SIX = 6

/** Cloudflare's way: the seventh connection waits in silence until one of six has its headers, or was given up by its signal. */
function createLimited(answer: (path: string) => { ms: number }): { fetch: Fetch; most: () => number; started: Map<string, number> } {
  const waiting: (() => void)[] = []
  const started = new Map<string, number>()
  let open = 0
  let most = 0
  const fetch: Fetch = async (url, { signal }) => {
    const path = new URL(url).pathname
    started.set(path, performance.now())
    most = Math.max(most, open + waiting.length + 1)
    while (open === SIX) await new Promise<void>((resolve) => waiting.push(resolve))
    open++
    try {
      await sleep(answer(path).ms, undefined, { signal: signal ?? undefined })
      return Response.json({ [path.slice(1)]: true })
    } finally {
      open--
      waiting.shift()?.()
    }
  }
  return { fetch, most: () => most, started }
}

const backends = (count: number, more: object = {}): object[] => Array.from({ length: count }, (_, i) => ({ host: ['http://up.internal'], url_pattern: `/b${i}`, ...more }))
const gatewayOf = (fetch: Fetch, endpoint: object): Promise<TestGateway> =>
  createGateway({ version: 3, endpoints: [{ endpoint: '/ten', ...endpoint }] }, { fetch, connections: SIX })
const answered = async (response: Response): Promise<string[]> => Object.keys((await response.json()) as object).toSorted()
const ALL = Array.from({ length: 10 }, (_, i) => `b${i}`)

test('slots: as many as there are, then in turn', async () => {
  const slots = createSlots(1)
  assert.equal(slots.take(), null)
  const turns: number[] = []
  const second = slots.take()!.then(() => turns.push(2))
  const third = slots.take()!.then(() => turns.push(3))
  slots.free()
  await second
  assert.deepEqual(turns, [2])
  slots.free()
  await third
  assert.deepEqual(turns, [2, 3])
  slots.free()
  assert.equal(slots.take(), null)
})

test('ten backends: all answer, and never more than six are asked at once', async () => {
  const { fetch, most } = createLimited(() => ({ ms: 30 }))
  const { fetch: ask } = await gatewayOf(fetch, { timeout: '2s', backend: backends(10) })
  const answer = await ask('/ten')
  assert.equal(answer.headers.get('x-krakend-completed'), 'true')
  assert.deepEqual(await answered(answer), ALL)
  assert.equal(most(), SIX)
})

test("a call's time begins when it is its turn", async () => {
  // Two rounds of 150 ms within 200 ms of time (85 % of it are 170) would be late if both were counted.
  const { fetch } = createLimited(() => ({ ms: 150 }))
  const { fetch: ask } = await gatewayOf(fetch, { timeout: '200ms', backend: backends(10) })
  const from = performance.now()
  assert.deepEqual(await answered(await ask('/ten')), ALL)
  assert.ok(performance.now() - from > 290)
})

test('six that never answer hold up the others for their time only, and their connections are given up', async () => {
  const hung = new Set(ALL.slice(0, 6))
  const { fetch, started } = createLimited((path) => ({ ms: hung.has(path.slice(1)) ? 60_000 : 10 }))
  const { fetch: ask } = await gatewayOf(fetch, { timeout: '200ms', backend: backends(10) })
  const from = performance.now()
  const answer = await ask('/ten')
  assert.equal(answer.headers.get('x-krakend-completed'), 'false')
  assert.deepEqual(await answered(answer), ['b6', 'b7', 'b8', 'b9'])
  assert.ok(started.get('/b6')! - from > 150)
  assert.ok(performance.now() - from < 1000)
})

test('concurrent calls take turns too, and those that lost give up theirs', async () => {
  let calls = 0
  const { fetch, most } = createLimited(() => ({ ms: calls++ < 6 ? (calls % 3 ? 60_000 : 20) : 10 }))
  const { fetch: ask } = await gatewayOf(fetch, { timeout: '1s', concurrent_calls: 3, backend: backends(4) })
  const from = performance.now()
  assert.deepEqual(await answered(await ask('/ten')), ALL.slice(0, 4))
  assert.equal(most(), SIX)
  assert.ok(performance.now() - from < 600)
})

test('six or fewer are asked at once, without turns', async () => {
  const { fetch, started } = createLimited(() => ({ ms: 20 }))
  const { fetch: ask } = await gatewayOf(fetch, { timeout: '1s', backend: backends(6) })
  assert.deepEqual(await answered(await ask('/ten')), ALL.slice(0, 6))
  assert.ok(Math.max(...started.values()) - Math.min(...started.values()) < 15)
})
