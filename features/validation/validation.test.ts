/** Expressions and schemas in a configuration: what is said of bad ones, what goes on, and what the bundle holds. */
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { compile } from '../../compiler/compile.ts'
import { formatPath } from '../../compiler/diagnostics.ts'
import { emitGateway } from '../../compiler/emit/module.ts'
import { readJson } from '../../compiler/load/source.ts'
import { createGateway } from '../../test/gateway.ts'
import { features } from '../index.ts'

const configOf = (extra_config: object, more: object = {}): object => ({ version: 3, endpoints: [{ endpoint: '/a/{id}', method: 'POST', backend: [{ host: ['http://upstream.test'], url_pattern: '/', ...more }], extra_config }] })
const compiled = (config: object): ReturnType<typeof compile> => compile(readJson('gateway.json', JSON.stringify(config)), features)

/** Findings as `last parts of the path: message`, those that leave a door open with a !. */
const findings = (extra_config: object): string[] => compiled(configOf(extra_config)).findings.map(({ path, message, opensDoor }) => `${opensDoor ? '!' : ''}${formatPath(path).replace('endpoints[0].extra_config', '')}: ${message}`)
const cel = (...expressions: readonly string[]): object => ({ 'validation/cel': expressions.map((check_expr) => ({ check_expr })) })

const SAID: readonly (readonly [extra: object, said: readonly RegExp[]])[] = [
  [cel("req_method == 'POST'", 'resp_completed'), []],
  [cel('req_method =='), [/^!\["validation\/cel"\]\[0\]\.check_expr: found .*\(at character 12\): no expression of this block is asked$/]],
  [cel('req_method == 1'), [/^!.*overload.*\(at character 11\): this expression is not asked$/]],
  [cel('size(req_path)'), [/^\["validation\/cel"\]\[0\]\.check_expr: expected a truth value, found int: every request is refused$/]],
  [cel('false'), [/^!.*: expected something about the request \(req_…\), the answer \(resp_…\) or the token \(JWT\): it is never asked$/]],
  [cel("JWT.sub == 'a'"), [/^!.*: without auth\/validator at this endpoint there is no token: it is never asked$/]],
  [cel(''), [/^!\["validation\/cel"\]\[0\]: expected a check_expr: nothing is checked$/]],
  [{ 'validation/cel': { check_expr: 'false' } }, [/^!\["validation\/cel"\]: .*: validation\/cel is off$/]],
  [{ 'validation/json-schema': { properties: { a: { type: 'objekt' } } } }, [/^!\["validation\/json-schema"\]\.properties\.a\.type: .*integer.*: nothing is checked$/]],
  [{ 'validation/json-schema': { allOf: [{ pattern: 'a(?=b)' }] } }, [/^!\["validation\/json-schema"\]\.allOf\[0\]\.pattern: .*: nothing is checked$/]],
  [{ 'validation/json-schema': null }, [/^!\["validation\/json-schema"\]: .*: nothing is checked$/]],
  [{ 'validation/json-schema': true }, []],
  [{ 'security/policies': { req: { policies: ["hasHeader('A') &&"] } } }, [/^\["security\/policies"\]\.req\.policies\[0\]: .*: every request is refused$/]],
  [{ 'security/policies': { jwt: { policies: ["JWT.a == 'b'"] } } }, [/^!\["security\/policies"\]\.jwt\.policies: without auth\/validator/]],
]

suite('findings', () => {
  for (const [extra, said] of SAID) {
    test(JSON.stringify(extra), () => {
      const found = findings(extra)
      assert.equal(found.length, said.length, found.join('\n'))
      for (const [i, pattern] of said.entries()) assert.match(found[i]!, pattern)
    })
  }

  test('a schema at a GET is said to refuse everything', () => {
    const { findings: found } = compiled({ version: 3, endpoints: [{ endpoint: '/a', backend: [{ host: ['http://upstream.test'] }], extra_config: { 'validation/json-schema': {} } }] })
    assert.deepEqual(found.map(({ code }) => code), ['no-body'])
  })
})

const importsOf = (config: object): string[] => [...emitGateway(compiled(config).plan, 'cloudflare').matchAll(/^import .* from 'cuttle\/(.*)'$/gm)].map(([, name]) => name!).filter((name) => /cel|schema|regexp|policies/.test(name))

suite('a gateway imports', () => {
  const cases: readonly (readonly [what: string, config: object, imports: readonly string[]])[] = [
    ['nothing of it', configOf({}), []],
    ['operators for expressions', configOf(cel('req_path != "/"')), ['features/validation/cel', 'worker/cel/operators']],
    ['a pattern parser only for patterns of requests', configOf(cel('req_path.matches(req_method)')), ['features/validation/cel', 'worker/cel/operators', 'worker/regexp/dynamic']],
    ['the validator for schemas', configOf({ 'validation/json-schema': { type: 'object' } }), ['features/validation/json-schema']],
    ['formats only where they are asserted', configOf({ 'validation/json-schema': { $schema: 'http://json-schema.org/draft-07/schema#', format: 'date' } }), ['features/validation/json-schema', 'worker/json-schema/formats']],
    ['a pattern parser only for schemas that assert patterns', configOf({ 'validation/json-schema': { $schema: 'http://json-schema.org/draft-07/schema#', properties: { a: { format: 'regex' } } } }), ['features/validation/json-schema', 'worker/json-schema/formats-with-regex']],
    ['nothing for expressions that are not asked', configOf(cel('false')), []],
    ['macros for policies', configOf({ 'security/policies': { req: { policies: ["hasHeader('A')"] } } }), ['features/security/policies', 'worker/cel/macros', 'worker/cel/operators']],
  ]
  for (const [what, config, imports] of cases) test(what, () => assert.deepEqual(importsOf(config), imports))

  test('one copy of equal schemas', () => {
    const { plan } = compiled({ version: 3, endpoints: ['/a', '/b'].map((endpoint) => ({ endpoint, method: 'POST', backend: [{ host: ['http://upstream.test'] }], extra_config: { 'validation/json-schema': { type: 'object' } } })) })
    assert.equal(Object.keys(plan.code).length, 1)
  })
})

const ask = async (extra: object, body: string, answer: object = { id: 1, big: 12345678901234567890n.toString() }, more: object = {}, headers: HeadersInit = {}): Promise<[number, string]> => {
  const gateway = await createGateway(configOf(extra, more), { fetch: () => Promise.resolve(Response.json(answer)) })
  const response = await gateway.fetch('/a/7', { method: 'POST', body, headers })
  return [response.status, await response.text()]
}

test('an expression has one time for a request and its answer', async () => {
  const state = { now: Date.UTC(2026, 10, 23, 10, 0, 0, 500) }
  const fetch = (): Promise<Response> => {
    state.now += 5000
    return Promise.resolve(Response.json({}))
  }
  const gateway = await createGateway(configOf(cel("req_method != '' && now >= '2026-11-23T10:00:00.5Z'", "resp_completed && now == '2026-11-23T10:00:00.5Z'")), { fetch, now: () => state.now })
  const statusOf = async (): Promise<number> => (await gateway.fetch('/a/7', { method: 'POST', body: 'x' })).status
  assert.deepEqual([await statusOf(), await statusOf()], [200, 500])
})

suite('numbers of an answer', () => {
  const expressions = (member: string, is: 'double' | 'string'): object => cel(`type(resp_data.${member}) == ${is}`, `type(resp_data.list.inner[0].${member}) == ${is}`)
  const status = async (extra_config: object, backend: object = {}): Promise<number> => {
    const config = { version: 3, endpoints: [{ endpoint: '/a', backend: [{ host: ['http://upstream.test'], url_pattern: '/', ...backend }], extra_config }] }
    const gateway = await createGateway(config, { fetch: () => Promise.resolve(new Response('{"n": 5, "big": 1.50, "list": {"inner": [{"n": 1, "big": 1e3}]}}')), binding: () => 'x' })
    const response = await gateway.fetch('/a')
    if (response.status === 200) assert.match(await response.text(), /"n": ?5\D/)
    return response.status
  }

  test('are texts where an upstream sent them', async () => {
    for (const member of ['n', 'big']) assert.equal(await status(expressions(member, 'string')), 200)
  })
  test('are doubles of a script', async () => {
    const post = "local d = response.load():data() d:set('m', d:get('n') * 2) d:set('list', {inner = {{n = 2}}})"
    assert.equal(await status(cel("resp_data.m > 9 && resp_data.n == '5' && resp_data.list.inner[0].n == 2"), { extra_config: { 'modifier/lua-backend': { post } } }), 200)
  })
  test('are doubles of static data', async () => {
    assert.equal(await status({ ...expressions('m', 'double'), proxy: { static: { strategy: 'always', data: { m: 7, list: { inner: [{ m: 1.5 }] } } } } }), 200)
  })
  test('are doubles of Lambda, at the endpoint and at the backend', async () => {
    const lambda = { 'backend/lambda': { function_name: 'f', region: 'eu-west-1' } }
    for (const member of ['n', 'big']) {
      assert.equal(await status(expressions(member, 'double'), { extra_config: lambda }), 200)
      assert.equal(await status({}, { extra_config: { ...lambda, ...expressions(member, 'double') } }), 200)
    }
  })
})

suite('security/policies', () => {
  const policies = { req: { policies: ["hasHeader('Content-Type')", "req_params.Id == '7'"], error: { body: 'not you', status: 403, content_type: 'text/plain' } }, resp: { policies: ["resp_data.id == '1'"], error: { body: '{"no":1}', status: 418, content_type: 'application/json' } } }

  test('let through what meets all', async () => {
    assert.equal((await ask({ 'security/policies': policies }, 'x', undefined, {}, { 'content-type': 'a/b' }))[0], 200)
  })
  test('refuse in the configuration\'s own words', async () => {
    assert.deepEqual(await ask({ 'security/policies': { ...policies, req: { ...policies.req, policies: ['false'] } } }, 'x'), [403, 'not you'])
    assert.deepEqual(await ask({ 'security/policies': policies }, 'x', { id: 2 }, {}, { 'content-type': 'a/b' }), [418, '{"no":1}'])
  })
  test('are 500 without a body where nothing else is said', async () => {
    assert.deepEqual(await ask({ 'security/policies': { req: { policies: ['false'] } } }, 'x'), [500, ''])
  })
  test('that can\'t be read refuse', async () => {
    assert.equal((await ask({ 'security/policies': { req: { policies: ['unknown()'] } } }, 'x'))[0], 500)
  })
  test('stand at backends too', async () => {
    assert.equal((await ask({}, 'x', undefined, { extra_config: { 'security/policies': { resp: { policies: ["resp_data.id == '2'"], error: { status: 404 } } } } }))[0], 404)
  })
})

suite('validation/response-json-schema', () => {
  const schema = { schema: { properties: { id: { maximum: 1 } }, required: ['id'] }, error: { status: 502, body: 'broken' } }
  test('lets good answers through', async () => {
    assert.equal((await ask({ 'validation/response-json-schema': schema }, 'x'))[0], 200)
  })
  test('turns bad ones into errors', async () => {
    assert.deepEqual(await ask({ 'validation/response-json-schema': schema }, 'x', { id: 2 }), [502, 'broken'])
    assert.deepEqual(await ask({}, 'x', {}, { extra_config: { 'validation/response-json-schema': schema } }), [502, 'broken'])
  })
})
