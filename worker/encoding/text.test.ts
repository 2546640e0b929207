import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGateway } from '../../test/gateway.ts'

/** A byte order mark, and what is left of a character of three bytes. */
const BYTES = Uint8Array.of(0xef, 0xbb, 0xbf, 0x61, 0xe2, 0x82, 0x62, 0xff)

test('text keeps its byte order mark, and each invalid byte is U+FFFD: of an answer and of error details', async () => {
  const backend = { host: ['http://up.internal'], url_pattern: '/', encoding: 'string', extra_config: { 'backend/http': { return_error_details: 'up' } } }
  for (const status of [200, 404]) {
    const { fetch } = await createGateway({ version: 3, endpoints: [{ endpoint: '/', backend: [backend] }] }, { fetch: () => Promise.resolve(new Response(BYTES, { status })) })
    const answer = (await (await fetch('/')).json()) as { content?: string; error_up?: { http_body: string } }
    assert.equal(answer.content ?? answer.error_up?.http_body, '\ufeffa\ufffd\ufffdb\ufffd')
  }
})
