import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGateway } from '../../test/gateway.ts'

test('max_payload counts what is sent, of the service and of an endpoint', async () => {
  const bodies: string[] = []
  const fetch = async (_url: string, { body }: { body: unknown }): Promise<Response> => {
    bodies.push(body ? await new Response(body as BodyInit).text() : '')
    return Response.json({ ok: true })
  }
  const backend = [{ host: ['http://upstream.test'], url_pattern: '/', method: 'POST' }]
  const config = {
    version: 3,
    extra_config: { router: { max_payload: 8 } },
    endpoints: [
      { endpoint: '/eight', method: 'POST', backend },
      { endpoint: '/four', method: 'POST', backend, extra_config: { proxy: { max_payload: 4 } } },
    ],
  }
  const gateway = await createGateway(config, { fetch })
  const send = async (path: string, text: string, sized: boolean): Promise<number> => {
    const body = sized ? text : new Blob([text]).stream()
    const headers = sized ? { 'content-length': String(text.length) } : {}
    return (await gateway.fetch(path, { method: 'POST', body, headers, duplex: 'half' } as RequestInit)).status
  }
  for (const sized of [true, false]) {
    assert.deepEqual(await Promise.all(['12345678', '123456789'].map((text) => send('/eight', text, sized))), [200, 413])
    assert.deepEqual(await Promise.all(['1234', '12345'].map((text) => send('/four', text, sized))), [200, 413])
  }
  assert.deepEqual(bodies.toSorted(), ['1234', '1234', '12345678', '12345678'])
})
