import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGateway } from '../test/gateway.ts'
import { abortingBy } from './aborting.ts'
import type { StartDeadline } from './deadline.ts'

/** Alarms that ring when told. */
function createBells(): { start: StartDeadline; set: Map<() => void, number> } {
  const set = new Map<() => void, number>()
  const start = abortingBy((milliseconds, ring) => {
    set.set(ring, milliseconds)
    return { cancel: () => void set.delete(ring) }
  })
  return { start, set }
}

test('time runs from the first call on, once, and is over when it rings', () => {
  const { start, set } = createBells()
  const deadline = start(50)
  assert.equal(set.size, 0)
  assert.equal(deadline.signal, deadline.signal)
  assert.deepEqual([...set.values()], [50])
  assert.equal(deadline.over(), false)
  for (const ring of set.keys()) ring()
  assert.equal(deadline.over(), true)
  assert.equal(deadline.signal!.aborted, true)
  assert.equal(deadline.renew().over(), false)
})

test('a cleared deadline keeps nothing, an aborted one ends its calls', () => {
  const { start, set } = createBells()
  const [cleared, aborted] = [start(50), start(50)]
  const signals = [cleared.signal!, aborted.signal!]
  cleared.clear()
  aborted.abort()
  assert.equal(set.size, 0)
  assert.deepEqual(signals.map((signal) => signal.aborted), [false, true])
  assert.equal(start(0).signal!.aborted, true)
})

test('a body that goes through keeps its deadline until it is out', async () => {
  const { start, set } = createBells()
  const tells: (() => void)[] = []
  const config = { version: 3, endpoints: [{ endpoint: '/pass', output_encoding: 'no-op', backend: [{ host: ['http://up.test'], url_pattern: '/' }] }, { endpoint: '/json', backend: [{ host: ['http://up.test'], url_pattern: '/' }] }] }
  const { fetch } = await createGateway(config, {
    startDeadline: start,
    whenSent: (_env, tell) => void tells.push(tell),
    fetch: (_url, { signal }) => (assert.ok(signal), Promise.resolve(new Response('{"a":1}'))),
  })
  assert.equal(await (await fetch('/json')).text(), '{"a":1}')
  assert.deepEqual([set.size, tells.length], [0, 0])
  const response = await fetch('/pass')
  assert.deepEqual([set.size, tells.length], [1, 1])
  assert.equal(await response.text(), '{"a":1}')
  tells[0]!()
  assert.equal(set.size, 0)
})
