/** Chains of redirects as Go's http.Client follows them, checked against Go 1.26 with random ones (routing/RULES.md §6). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { UpstreamRequest } from '../types.ts'
import { followRedirects, isRedirect } from './redirect.ts'

const HEADERS = { authorization: 'a', 'proxy-authorization': 'p', 'content-type': 't' }

/** What is sent, a line each: method, address, the names of the headers, the Referer. */
async function sent(request: Partial<UpstreamRequest>, answers: readonly (readonly [status: number, location: string])[], redirectBody = false): Promise<string[]> {
  const lines: string[] = []
  const send = ({ method, url, headers, body }: UpstreamRequest): Promise<Response> => {
    lines.push([method, url, ...[...headers].map(([name, value]) => (name === 'referer' ? value : name[0]!)), ...(body ? ['body'] : [])].join(' '))
    const [status, location] = answers[lines.length - 1] ?? [200, '']
    return Promise.resolve(new Response(null, { status, headers: { location } }))
  }
  const first: UpstreamRequest = { method: 'GET', url: 'http://h/a', headers: new Map(Object.entries(HEADERS)), body: null, length: null, fetch: () => Promise.reject(new Error()), ...request }
  const answer = await send(first)
  const last = isRedirect(answer) ? await followRedirects(first, answer, redirectBody, send) : answer
  return [...lines, String(last.status)]
}
const body = new Uint8Array([1])

test('a body of the first request stops 307 and 308, also behind a redirect that dropped it', async () => {
  assert.deepEqual(await sent({ method: 'POST', body }, [[302, '/b'], [307, '/c']]), ['POST http://h/a a p c body', 'GET http://h/b a p http://h/a', '307'])
  assert.deepEqual(await sent({ method: 'POST', body }, [[302, '/b'], [307, '/c']], true), ['POST http://h/a a p c body', 'GET http://h/b a p http://h/a', 'GET http://h/c a p http://h/b', '200'])
})

test('what is secret goes to the first host and below it, and is not taken up again', async () => {
  assert.deepEqual(await sent({}, [[308, 'http://sub.h:81/b'], [308, 'http://h/c']]), ['GET http://h/a a p c', 'GET http://sub.h:81/b a p c http://h/a', 'GET http://h/c a p c http://sub.h:81/b', '200'])
  assert.deepEqual(await sent({}, [[308, 'http://other/b'], [308, 'http://h/c']]), ['GET http://h/a a p c', 'GET http://other/b c http://h/a', 'GET http://h/c c http://other/b', '200'])
})

test("the client's own Referer stays", async () => {
  const headers = new Map([['referer', 'http://mine/']])
  assert.deepEqual(await sent({ headers, url: 'https://h/a' }, [[301, '/b'], [301, 'http://h/c']]), ['GET https://h/a http://mine/', 'GET https://h/b http://mine/', 'GET http://h/c http://mine/', '200'])
})

test('addresses are written as Go writes them; what it could not read is an error', async () => {
  assert.deepEqual(await sent({ headers: new Map() }, [[301, '/a|b?c|d#e']]), ['GET http://h/a ', 'GET http://h/a%7Cb?c|d http://h/a', '200'].map((line) => line.trim()))
  await assert.rejects(sent({}, [[301, '/%zz']]), { message: 'failed to parse Location header "/%zz"' })
})

test("a Location in UTF-8, where the platform's headers hold bytes", async () => {
  assert.deepEqual(await sent({ headers: new Map() }, [[301, '/caf\xc3\xa9'], [301, '/caf\xe9']]), ['GET http://h/a', 'GET http://h/caf%C3%A9 http://h/a', 'GET http://h/caf%C3%A9 http://h/caf%C3%A9', '200'])
})
