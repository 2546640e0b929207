import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createAlarms } from './alarm.ts'

test('alarms ring in their order, those that were cancelled do not', async () => {
  const rung: string[] = []
  const setAlarm = createAlarms()
  const set = (name: string, ms: number): { cancel(): void } => setAlarm(ms, () => rung.push(name))
  set('a', 20)
  const b = set('b', 20)
  set('soon', 5)
  const c = set('c', 20)
  b.cancel()
  b.cancel()
  await sleep(10)
  assert.deepEqual(rung, ['soon'])
  set('d', 20)
  c.cancel()
  await sleep(15)
  assert.deepEqual(rung, ['soon', 'a'])
  await sleep(20)
  assert.deepEqual(rung, ['soon', 'a', 'd'])
})

test('first, middle, last and only ones can be cancelled', async () => {
  const setAlarm = createAlarms()
  for (const gone of [[0], [1], [2], [0, 1], [1, 2], [0, 2], [2, 1, 0]]) {
    const rung: number[] = []
    const alarms = [0, 1, 2].map((i) => setAlarm(5, () => rung.push(i)))
    for (const i of gone) alarms[i]!.cancel()
    await sleep(15)
    for (const alarm of alarms) alarm.cancel()
    assert.deepEqual(rung, [0, 1, 2].filter((i) => !gone.includes(i)))
  }
})

test('one timer for a thousand', (t) => {
  let timers = 0
  const { setTimeout } = globalThis
  t.mock.method(globalThis, 'setTimeout', ((...args: Parameters<typeof setTimeout>) => {
    timers++
    return setTimeout(...args)
  }) as typeof setTimeout)
  const setAlarm = createAlarms()
  const alarms = Array.from({ length: 1000 }, () => setAlarm(10_000, () => undefined))
  for (const alarm of alarms) alarm.cancel()
  assert.equal(timers, 1)
  setAlarm(1, () => undefined)
  assert.equal(timers, 2)
})

test('what rings may set the next', async () => {
  const setAlarm = createAlarms()
  let rung = 0
  const again = (): void => void (++rung < 3 && setAlarm(2, again))
  setAlarm(2, again)
  await sleep(40)
  assert.equal(rung, 3)
})

test('who waits for more than timers can count sleeps again', async (t) => {
  const { mock } = t.mock.method(globalThis, 'setTimeout')
  const alarm = createAlarms()(2 ** 32, () => undefined)
  assert.deepEqual(mock.calls.map(({ arguments: [, milliseconds] }) => milliseconds), [2 ** 31 - 1])
  clearTimeout(mock.calls[0]!.result)
  alarm.cancel()
})
