import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGateway } from '../../test/gateway.ts'

test("a message has the backend's method as it is written, or else the endpoint's in upper case (routing/RULES.md §8)", async () => {
  for (const [method, written] of [['put', 'put'], [undefined, 'POST']]) {
    const backend = [{ host: ['http://up.internal'], url_pattern: '/{id}?q={id}', method }]
    const config = { version: 3, extra_config: { router: { return_error_msg: true } }, endpoints: [{ endpoint: '/{id}', method: 'post', backend }] }
    const { fetch } = await createGateway(config, { fetch: () => Promise.resolve(new Response(null, { status: 404 })) })
    assert.equal(await (await fetch('/7', { method: 'POST' })).text(), `invalid status code 404 [${written} /{{.Id}}?q={{.Id}}]: http://up.internal/7?q=7`)
  }
})

test("the upstream's type stands there without a body too", async () => {
  const backend = [{ host: ['http://up.internal'], url_pattern: '/', extra_config: { 'backend/http': { return_error_code: true } } }]
  const typeOf = async (answer: Response): Promise<string | null> => {
    const { fetch } = await createGateway({ version: 3, extra_config: { router: { return_error_msg: true } }, endpoints: [{ endpoint: '/', backend }] }, { fetch: () => Promise.resolve(answer) })
    return (await fetch('/')).headers.get('content-type')
  }
  assert.equal(await typeOf(new Response(null, { status: 404, headers: { 'content-type': 'text/html' } })), 'text/html')
  assert.equal(await typeOf(new Response(null, { status: 404 })), null)
  assert.equal(await typeOf(new Response(new Uint8Array([120]), { status: 404 })), 'text/plain; charset=utf-8')
})
