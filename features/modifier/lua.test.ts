/** Corners of the scripts' API that no recorded case shows (transform/RULES.md §2). */
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { createGateway } from '../../test/gateway.ts'

const ORDER = { id: 17, tags: [1, 'b', 2.5] }

/** What an endpoint answers with a script behind its only backend. */
async function answerOf(post: string, { backend = {}, answer = (): Response => Response.json(ORDER) }: { backend?: object; answer?: () => Response } = {}): Promise<Response> {
  const config = {
    version: 3,
    endpoints: [{ endpoint: '/m', backend: [{ host: ['http://shop.internal'], url_pattern: '/x', ...backend }], extra_config: { 'modifier/lua-proxy': { post: `local r = response.load() local d = r:data() ${post}` } } }],
    extra_config: { router: { return_error_msg: true } },
  }
  const gateway = await createGateway(config, { fetch: () => Promise.resolve(answer()) })
  return gateway.fetch('/m')
}

for (const [name, post] of [['a table', "d:set('me', d)"], ['a list', "local l = luaList.new() l:set(0, d) d:set('l', l)"], ['NaN', "d:set('x', 0/0)"]] as const) {
  test(`${name} that can't be written leaves an empty body`, async () => {
    const response = await answerOf(post)
    assert.deepEqual([response.status, await response.text()], [200, ''])
  })
}

test('a native table that holds itself twice ends the script', async () => {
  const response = await answerOf('local t = {} t.a = t t.b = t d:set("t", t)')
  assert.equal(response.status, 500)
  assert.match(await response.text(), /runs too long/)
})

test('header values are written as Go writes them', async () => {
  const { headers } = await answerOf("local l = luaList.new() l:set(0, luaNil.new()) l:set(1, {a = 1}) l:set(2, 1500000) l:set(3, 't') r:headerList('X-Own', l) r:headerList('X-Tags', d:get('tags'))")
  assert.equal(headers.get('x-own'), '%!s(<nil>), map[a:%!s(float64=1)], %!s(float64=1.5e+06), t')
  assert.equal(headers.get('x-tags'), '1, b, 2.5')
})

test('methods of tables take no answer for a table', async () => {
  const response = await answerOf("d.get(r, 'id')")
  assert.deepEqual([response.status, await response.text()], [500, 'response expected (post-script:L1)'])
})

test('the details of an error have a name, and are a copy', async () => {
  const response = await answerOf("local e = d:get('error_shop') d:set('name', e:get('name')) d:set('type', e:get('http_body_encoding')) e:set('name', 'other')", {
    backend: { extra_config: { 'backend/http': { return_error_details: 'shop' } } },
    answer: () => new Response(null, { status: 503 }),
  })
  assert.deepEqual(await response.json(), { error_shop: { http_status_code: 503 }, name: 'shop', type: '' })
})

for (const status of [204, 205, 304]) {
  test(`a script may end a request with ${status}`, async () => {
    const response = await answerOf(`custom_error('nothing', ${status})`)
    assert.deepEqual([response.status, response.headers.get('x-krakend-completed'), await response.text()], [status, 'false', ''])
  })
}

test("a line break in an error's content type is sent as a blank, as Go sends it", async () => {
  const { status, headers } = await answerOf("custom_error('no', 418, 'text/x\\r\\ny: \\195\\188')")
  assert.deepEqual([status, headers.get('content-type'), headers.get('y')], [418, 'text/x  y: Ã¼', null])
})

for (const [address, path, query] of [['http://other.test:81/a%20b?z=1#c', '/a b', 'z=1'], ['//other.test?z=1', '', 'z=1'], ['/a://b', '/a://b', '']] as const) {
  test(`of the address ${address} the path and the query count`, async () => {
    const seen: string[] = []
    const config = {
      version: 3,
      endpoints: [{
        endpoint: '/m', input_headers: ['X-Path'], input_query_strings: ['*'], backend: [{ host: ['http://shop.internal'], url_pattern: '/x' }],
        extra_config: { 'modifier/lua-endpoint': { pre: `ctx.load():url('${address}')` }, 'modifier/lua-proxy': { pre: "local r = request.load() r:headers('X-Path', r:path())" } },
      }],
    }
    const gateway = await createGateway(config, { fetch: (url, { headers }) => (seen.push(url, headers['x-path']!), Promise.resolve(Response.json({}))) })
    await gateway.fetch('/m')
    assert.deepEqual(seen, [`http://shop.internal/x${query && `?${query}`}`, path])
  })
}

for (const [name, input, pre, expected] of [
  ['is seen where it is let through', ['Content-Length'], "r:headers('X-Seen', r:headers('Content-Length'))", { status: 200, seen: '3', sent: null, length: 3 }],
  ['among all', ['*'], "r:headers('X-Seen', r:headers('Content-Length'))", { status: 200, seen: '3', sent: null, length: 3 }],
  ['is not seen elsewhere', ['X-A'], "r:headers('X-Seen', r:headers('Content-Length'))", { status: 200, seen: '', sent: null, length: 3 }],
  ['has to fit a new body', ['*'], "r:body('longer')", { status: 500 }],
  ['that is not let through fits any', ['X-A'], "r:body('longer')", { status: 200, seen: undefined, sent: null, length: null }],
] as const) {
  test(`the length of a client's body ${name}`, async () => {
    let found = {}
    const config = { version: 3, endpoints: [{ endpoint: '/m', method: 'POST', input_headers: input, backend: [{ host: ['http://shop.internal'], url_pattern: '/x' }], extra_config: { 'modifier/lua-proxy': { pre: `local r = request.load() ${pre}` } } }] }
    const gateway = await createGateway(config, {
      fetch: (_, { headers, length }) => {
        found = { seen: headers['x-seen'], sent: headers['content-length'] ?? null, length }
        return Promise.resolve(Response.json({}))
      },
    })
    const { status } = await gateway.fetch('/m', { method: 'POST', body: 'abc', headers: { 'content-length': '3' } })
    assert.deepEqual({ status, ...found }, expected)
  })
}

test('what a call says of itself no script says', async () => {
  const pre = "local r = request.load() for _, name in ipairs({'Host', 'Content-Length', 'Transfer-Encoding', 'X-Own'}) do r:headers(name, '1') end http_response.new('http://other.internal/', 'POST', 'ab', {Host = 'x', ['Content-Length'] = '1', ['X-Own'] = '1'})"
  const sent: string[][] = []
  const gateway = await createGateway({ version: 3, endpoints: [{ endpoint: '/m', backend: [{ host: ['http://shop.internal'], url_pattern: '/x' }], extra_config: { 'modifier/lua-proxy': { pre } } }] }, {
    fetch: (_, { headers }) => (sent.push(Object.keys(headers).filter((name) => !/^(x-forwarded|user-agent)/.test(name))), Promise.resolve(Response.json({}))),
  })
  assert.equal((await gateway.fetch('/m')).status, 200)
  assert.deepEqual(sent, [['x-own'], ['x-own']])
})

test('an empty method of http_response is GET', async () => {
  const response = await answerOf("local h = http_response.new('http://other.internal/', '', '') d:set('s', h:statusCode())")
  assert.deepEqual(await response.json(), { ...ORDER, s: 200 })
})

for (const [form, toField, field] of [['bytes', undefined, 'Ã¼'], ['texts', (text: string) => text, 'ü']] as const) {
  test(`header values beyond ASCII, where headers hold ${form}`, async () => {
    const sent: string[] = []
    const pre = "local r = request.load() r:headers('X-Read', #r:headers('X-In') .. r:headers():get('X-In'):get(0) .. r:headerList('X-In'):get(0)) r:headers('X-In', 'ü')"
    const config = { version: 3, endpoints: [{ endpoint: '/m', input_headers: ['X-In'], backend: [{ host: ['http://shop.internal'], url_pattern: '/x' }], extra_config: { 'modifier/lua-proxy': { pre } } }] }
    const gateway = await createGateway(config, {
      ...(toField && { toField }),
      fetch: (_, { headers }) => {
        sent.push(headers['x-in']!, headers['x-read']!)
        return Promise.resolve(Response.json({}))
      },
    })
    await gateway.fetch('/m', { headers: { 'X-In': field === 'ü' ? 'ü' : 'Ã¼' } })
    assert.deepEqual(sent, [field, `2${field}${field}`])
  })
}

suite('on no-op', () => {
  const ask = async (post: string, { skip = false, output = 'no-op', inner = '', decoded = false } = {}): Promise<(string | number | null)[]> => {
    const lua = { post: `local r = response.load() ${post}`, ...(skip && { skip_next: true }) }
    const backend = { host: ['http://shop.internal'], url_pattern: '/x', ...(inner && { extra_config: { 'modifier/lua-backend': { post: `local r = response.load() ${inner}` } } }) }
    const gateway = await createGateway({ version: 3, endpoints: [{ endpoint: '/m', output_encoding: output, backend: [backend], extra_config: { 'modifier/lua-proxy': lua } }] }, {
      fetch: () => Promise.resolve(decoded ? Response.json({ a: 1 }) : new Response('up', { headers: { 'x-up': 'u', 'content-type': 'text/plain', 'content-length': '2' } })),
    })
    const { status, headers, ...response } = await gateway.fetch('/m').then(async (answer) => ({ status: answer.status, headers: answer.headers, text: await answer.text() }))
    return [status, response.text, headers.get('x-up'), headers.get('x-own'), headers.get('x-krakend-completed')]
  }
  const own = "r:headers('X-Own', 'o')"

  test('a body that a script sets is sent beside data, with its headers twice', async () => {
    assert.deepEqual(await ask(`r:body('b') r:data():set('k', 1) r:statusCode(202) ${own}`, { skip: true }), [202, 'b', null, 'o, o', 'false'])
    assert.deepEqual(await ask(`r:body('b') r:data():set('k', 1) r:isComplete(true) ${own}`, { skip: true }), [200, 'b', null, 'o, o', 'true'])
    assert.deepEqual(await ask(`r:body('b') r:data() ${own}`, { skip: true }), [200, 'b', null, 'o', 'false'])
    assert.deepEqual(await ask(`r:body('b') r:data():set('k', 1) r:isComplete(true) ${own}`, { skip: true, output: 'json' }), [200, '{"k":1}', null, 'o', 'true'])
    assert.deepEqual(await ask("r:body('b')", { output: 'json', inner: "r:data():set('k', 'v')", decoded: true }), [200, '{"a":1,"k":"v"}', null, null, 'true'])
  })

  test('data doubles the headers of an answer', async () => {
    assert.deepEqual(await ask(own), [200, 'up', 'u', 'o', 'false'])
    assert.deepEqual(await ask(`r:data():set('k', 1) ${own}`), [200, 'up', 'u, u', 'o, o', 'true'])
    assert.deepEqual(await ask(`r:data():set('k', 1) r:isComplete(false) ${own}`), [200, 'up', 'u, u', 'o, o', 'false'])
    assert.deepEqual(await ask(`r:data():set('k', 1) r:body(r:body() .. '!') ${own}`), [200, 'up!', 'u, u', 'o, o', 'true'])
    assert.deepEqual(await ask("r:headers('X-Own', r:data():get('k'))", { inner: "r:data():set('k', 'v')" }), [200, 'up', 'u, u', 'v, v', 'true'])
  })
})

test("a script's content type is the answer's own; whether it is complete no script says", async () => {
  const { headers } = await answerOf("r:headers('Content-Type', 'application/problem+json') r:headers('X-Krakend-Completed', 'no') r:headers('Cache-Control', 'no-store')")
  assert.deepEqual([headers.get('content-type'), headers.get('x-krakend-completed'), headers.get('cache-control')], ['application/problem+json', 'true', 'no-store'])
})

test('what is signed has the headers that scripts have set', async () => {
  const signer = { 'auth/signer': { alg: 'HS256', kid: 'k', keys_to_sign: ['t'], jwk_url: 'http://keys.internal/', disable_jwk_security: true } }
  const keys = { keys: [{ kty: 'oct', kid: 'k', alg: 'HS256', k: Buffer.alloc(32, 7).toString('base64url') }] }
  const config = (post: string): object => ({ version: 3, endpoints: [{ endpoint: '/t', backend: [{ host: ['http://shop.internal'], url_pattern: '/x' }], extra_config: { ...signer, 'modifier/lua-proxy': { post } } }] })
  const ask = async (post: string, data: unknown): Promise<Response> => {
    const gateway = await createGateway(config(post), { fetch: (url) => Promise.resolve(Response.json(url.includes('keys') ? keys : data)) })
    return gateway.fetch('/t')
  }
  const answer = await ask("local r = response.load() r:headers('Set-Cookie', 'sid=1; HttpOnly') r:headers('X-One', 'a')", { t: { sub: 'me' } })
  assert.match(await answer.text(), /^\{"t":"eyJ/)
  assert.deepEqual([answer.headers.get('set-cookie'), answer.headers.get('x-one'), answer.headers.get('content-type')], ['sid=1; HttpOnly', 'a', 'application/json; charset=utf-8'])
})
