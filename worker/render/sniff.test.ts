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
