import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGateway } from '../test/gateway.ts'

const config = { version: 3, endpoints: [{ endpoint: '/a', method: 'POST', output_encoding: 'no-op', backend: [{ host: ['http://up.test'], url_pattern: '/' }] }, { endpoint: '/a', backend: [{ host: ['http://up.test'], url_pattern: '/' }] }] }

async function setUp(): Promise<(init: RequestInit) => Promise<number>> {
  const { fetch } = await createGateway(config, { fetch: () => Promise.resolve(Response.json({})) })
  return async (init) => (await fetch('/a', { duplex: 'half', ...init } as RequestInit)).status
}

test('a host that would change the path, or who is asked, is none', async () => {
  const ask = await setUp()
  for (const host of ['gw.test', 'gw.test:8080', '[::1]:8080', 'a_b-c.test', '']) assert.equal(await ask({ headers: { host } }), 200, host)
  for (const host of ['gw/n/other?', 'gw?', 'gw#', 'gw\\\\n', 'a b', 'user@gw', 'x:y@gw', 'gw"']) assert.equal(await ask({ headers: { host } }), 400, host)
})

test('a body has one length, in digits', async () => {
  const ask = await setUp()
  for (const [length, status] of [['2', 200], ['2, 2', 400], ['2, 3', 400], ['+2', 400], ['0x2', 400], ['2.0', 400], ['', 400], ['-1', 400], ['1e1', 400]] as const) {
    assert.equal(await ask({ method: 'POST', body: new Blob(['{}']).stream(), headers: { 'content-length': length } }), status, length)
  }
})

test('a body is coded in chunks, if at all: more codings would go on as if they were none', async () => {
  const ask = await setUp()
  for (const [coding, status] of [['chunked', 200], ['Chunked', 200], ['gzip, chunked', 501]] as const) {
    assert.equal(await ask({ method: 'POST', body: new Blob(['{}']).stream(), headers: { 'transfer-encoding': coding } }), status, coding)
  }
})
