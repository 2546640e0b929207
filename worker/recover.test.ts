import assert from 'node:assert/strict'
import { test } from 'node:test'
import { recover } from './recover.ts'
import type { Incoming, Outside, Platform } from './types.ts'

test('what a handler throws is a 500, logged with the route: paths and queries may have tokens', async () => {
  const logs: string[] = []
  const platform = { log: (_level: string, message: string) => void logs.push(message) } as unknown as Platform
  const incoming = { raw: new Request('http://gateway/reset/hunter2?token=hunter2'), method: 'GET', route: '/reset/:code', path: '/reset/hunter2' } as unknown as Incoming
  const outside = {} as Outside
  const serves = [() => Promise.reject(new Error('odd')), () => { throw new Error('odd') }]
  for (const serve of serves) assert.equal((await recover(platform, serve)(incoming, outside)).status, 500)
  assert.equal(logs.length, 2)
  for (const line of logs) {
    assert.match(line, /^GET \/reset\/:code: Error: odd/)
    assert.doesNotMatch(line, /hunter2/)
  }
})
