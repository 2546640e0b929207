/** `proxy.strategy: fallback`: KrakenD's documentation is all there is to go by, it sells this one. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createGateway } from '../../test/gateway.ts'

const backend = (name: string, more: object = {}): object => ({ host: [`http://${name}.internal`], url_pattern: '/', ...more })
type Answers = { readonly [name: string]: () => Promise<Response> | Response }

async function ask(answers: Answers, backends: readonly object[], more: object = {}) {
  const asked: string[] = []
  const config = { version: 3, endpoints: [{ endpoint: '/', backend: backends, extra_config: { proxy: { strategy: 'fallback', ...more } }, timeout: '400ms' }] }
  const { fetch } = await createGateway(config, {
    fetch: async (url) => {
      const name = new URL(url).hostname.split('.')[0]!
      asked.push(name)
      return answers[name]!()
    },
  })
  const answer = await fetch('/')
  return { asked, status: answer.status, completed: answer.headers.get('x-krakend-completed'), body: await answer.text() }
}
const good = (name: string) => () => Response.json({ from: name })
const status = (code: number) => () => new Response(null, { status: code })

test('the first that is good is enough', async () => {
  assert.deepEqual(await ask({ a: good('a'), b: good('b') }, [backend('a'), backend('b')]), { asked: ['a'], status: 200, completed: 'true', body: '{"from":"a"}' })
})

test('after a status, a broken body or no connection at all the next is asked', async () => {
  const broken = { status: status(503), text: () => new Response('{"a":'), connection: () => Promise.reject(new Error('refused')) }
  for (const [what, a] of Object.entries(broken)) {
    const answer = await ask({ a, b: good('b') }, [backend('a'), backend('b')])
    assert.deepEqual(answer, { asked: ['a', 'b'], status: 200, completed: 'true', body: '{"from":"b"}' }, what)
  }
})

test('error details stand for an error: the next is asked, and they are the answer only of the last', async () => {
  const details = { extra_config: { 'backend/http': { return_error_details: 'a' } } }
  assert.deepEqual((await ask({ a: status(404), b: good('b') }, [backend('a', details), backend('b')])).body, '{"from":"b"}')
  const last = await ask({ a: good('a'), b: status(500) }, [backend('b'), backend('b', details)])
  assert.equal(last.body, '{"error_a":{"http_status_code":500}}')
})

test('all fail: 500, and each was asked once', async () => {
  assert.deepEqual(await ask({ a: status(500), b: status(404), c: status(403) }, ['a', 'b', 'c'].map((name) => backend(name))), { asked: ['a', 'b', 'c'], status: 500, completed: 'false', body: '' })
})

test('the time is shared out, so that one that hangs leaves some to the next', async () => {
  const from = performance.now()
  const answer = await ask({ a: () => sleep(5000, new Response(), { ref: false }), b: good('b') }, [backend('a'), backend('b')])
  assert.equal(answer.body, '{"from":"b"}')
  const took = performance.now() - from
  assert.ok(took > 140 && took < 320, `${took} ms of half of 85 % of 400`)
})

test('filters and groups are each backend\'s own', async () => {
  const answer = await ask({ a: status(500), b: () => Response.json({ id: 1, no: 2 }) }, [backend('a', { group: 'a' }), backend('b', { group: 'b', deny: ['no'] })])
  assert.equal(answer.body, '{"b":{"id":1}}')
})

test('a name that is no strategy: all at once', async () => {
  const answer = await ask({ a: good('a'), b: () => Response.json({ b: 1 }) }, [backend('a'), backend('b')], { strategy: 'fallbak' })
  assert.deepEqual(answer.asked, ['a', 'b'])
  assert.deepEqual(JSON.parse(answer.body), { from: 'a', b: 1 })
})
