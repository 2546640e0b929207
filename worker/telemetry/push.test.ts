import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Outside, Platform } from '../types.ts'
import { createPush } from './push.ts'

function createParts(): { platform: Platform; ctx: Outside; pending: Promise<unknown>[]; stops: (() => Promise<unknown>)[]; logs: string[] } {
  const [pending, stops, logs]: [Promise<unknown>[], (() => Promise<unknown>)[], string[]] = [[], [], []]
  const platform = { now: Date.now, atStop: (work: () => Promise<unknown>) => void stops.push(work), log: (_level: string, message: string) => void logs.push(message) } as unknown as Platform
  const ctx: Outside = { env: {}, trace: null, waitUntil: (work) => void pending.push(work) }
  return { platform, ctx, pending, stops, logs }
}

test('a sink that takes long is sent one thing at a time', async () => {
  const { platform, ctx, pending } = createParts()
  let [now, most, times] = [0, 0, 0]
  const push = createPush(5, platform, async () => {
    times++
    most = Math.max(most, ++now)
    await sleep(60)
    now--
  })
  for (let i = 0; i < 20; i++) {
    push.soon(ctx)
    await sleep(5)
  }
  await Promise.all(pending)
  assert.equal(most, 1)
  assert.ok(times >= 2 && times <= 4, `${times} sendings`)
})

test('what a platform dropped with its request does not stop the next', async () => {
  const { platform, ctx, pending } = createParts()
  let time = 1
  let sent = 0
  const push = createPush(1, { ...platform, now: () => time }, () => {
    sent++
    return sent === 1 ? new Promise<void>(() => undefined) : Promise.resolve()
  })
  push.soon(ctx)
  await sleep(20)
  push.soon(ctx)
  await sleep(20)
  assert.equal(sent, 1)
  time += 60_000
  push.soon(ctx)
  await pending.at(-1)
  assert.equal(sent >= 2, true)
})

test('at the end what waits is sent at once', async () => {
  const { platform, ctx, stops } = createParts()
  let sent = 0
  const push = createPush(60_000, platform, () => Promise.resolve(void sent++))
  push.soon(ctx)
  await Promise.all(stops.map((stop) => stop()))
  assert.equal(sent, 1)
})

test('a sink that fails is a line of the log', async () => {
  const { platform, ctx, pending, logs } = createParts()
  const push = createPush(1, platform, () => Promise.reject(new Error('sink answered 503')))
  push.soon(ctx)
  await Promise.all(pending)
  assert.deepEqual(logs, ['telemetry: sink answered 503'])
})
