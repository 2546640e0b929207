import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sniff } from './sniff.ts'

test("a body's type is Go's guess: of a page, a tag has to be ended", async () => {
  const types = { '<p>': 'text/html', '<p': 'text/plain', '<!-- x': 'text/html', '<!--x': 'text/plain', ' {"a":1}': 'text/plain', '<?xml?>': 'text/xml' }
  for (const [text, type] of Object.entries(types)) {
    const { body } = new Response(text)
    assert.equal((await sniff(new Response(body))).headers.get('content-type'), `${type}; charset=utf-8`, text)
  }
})

test('a body that breaks before its first byte is an empty one', async () => {
  const response = await sniff(new Response(new ReadableStream({ pull: (controller) => controller.error(new Error('no gzip')) }), { status: 201, headers: { 'x-up': 'u' } }))
  assert.deepEqual([response.status, response.headers.get('x-up'), response.headers.get('content-type'), await response.text()], [201, 'u', null, ''])
})
