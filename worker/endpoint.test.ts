import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGateway } from '../test/gateway.ts'

/** Deno has a body for each POST: an empty stream where the client sends none. */
const nothing = (): ReadableStream<Uint8Array> => new ReadableStream({ start: (controller) => controller.close() })

test('a POST whose body turns out to be none is followed through a 307, alone and among several', async () => {
  const called: string[] = []
  const backend = { host: ['http://up.test'], url_pattern: '/r' }
  const { fetch } = await createGateway(
    { version: 3, endpoints: [{ endpoint: '/one', method: 'POST', backend: [backend] }, { endpoint: '/two', method: 'POST', backend: [backend, { ...backend, group: 'g' }] }] },
    {
      fetch: (url, { body }) => {
        called.push(`${url.slice(url.lastIndexOf('/'))} ${body === null ? 'none' : 'body'}`)
        return Promise.resolve(url.endsWith('/r') ? new Response(null, { status: 307, headers: { location: '/land' } }) : Response.json({ ok: true }))
      },
    },
  )
  const post = async (path: string, body: ReadableStream<Uint8Array> | string): Promise<number> => (await fetch(path, { method: 'POST', body, duplex: 'half' } as RequestInit)).status
  assert.deepEqual([await post('/one', nothing()), await post('/two', nothing())], [200, 200])
  assert.deepEqual([...new Set(called)], ['/r none', '/land none'])
  assert.equal(await post('/one', new Blob(['{"a":', '1}']).stream()), 500, 'one that has a body is not')
})

test('a blank in the query of an upstream is refused: no server takes it', async () => {
  const { fetch } = await createGateway({ version: 3, endpoints: [{ endpoint: '/q/{id}', backend: [{ host: ['http://up.test'], url_pattern: '/x?v={id}' }] }] }, { fetch: () => Promise.resolve(Response.json({ ok: true })) })
  assert.deepEqual([(await fetch('/q/a%20b')).status, (await fetch('/q/ab')).status], [500, 200])
})

test('what is no address is told of in the words of Go', async () => {
  const { fetch } = await createGateway({ version: 3, extra_config: { router: { return_error_msg: true } }, endpoints: [{ endpoint: '/q', backend: [{ host: ['http://up.test'], url_pattern: '/%zz?a=b' }] }] }, { fetch: () => Promise.resolve(Response.json({})) })
  assert.equal(await (await fetch('/q')).text(), 'parse "http://up.test/%zz?a=b": invalid URL escape "%zz"')
})
