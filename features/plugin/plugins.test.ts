import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { after, suite, test, type TestContext } from 'node:test'
import { compile } from '../../compiler/compile.ts'
import type { Finding, RefusedError } from '../../compiler/diagnostics.ts'
import { bundle } from '../../compiler/emit/bundle.ts'
import { emitModule } from '../../compiler/emit/module.ts'
import { readConfiguration } from '../../compiler/load/read.ts'
import { readJson } from '../../compiler/load/source.ts'
import { createGateway } from '../../test/gateway.ts'
import { type Gateway, startGateway } from '../../testing/index.ts'
import { features } from '../index.ts'

const ROOT = path.join(import.meta.dirname, '..', '..')
const backend = { host: ['http://upstream.test'], url_pattern: '/' }

/** A folder below the project, so that plugins find the package. */
function folderOf(t: TestContext, files: { readonly [file: string]: string }): string {
  mkdirSync(path.join(ROOT, 'dist'), { recursive: true })
  const folder = mkdtempSync(path.join(ROOT, 'dist', 'plugins-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true })
    writeFileSync(path.join(folder, file), text)
  }
  return folder
}

interface Where {
  service?: object
  endpoint?: object
  backend?: object
  [key: string]: unknown
}
const configOf = (folder: string, { service = {}, endpoint = {}, backend: inner = {}, ...more }: Where): object => ({
  version: 3,
  plugin: { folder },
  extra_config: service,
  endpoints: [{ endpoint: '/a/{id}', method: 'POST', ...more, extra_config: endpoint, backend: [{ ...backend, extra_config: inner }] }],
})

function findingsOf(config: object): readonly Finding[] {
  try {
    return compile(readJson('gateway.json', JSON.stringify(config)), features).findings
  } catch (error) {
    return (error as RefusedError).findings
  }
}

suite('findings', () => {
  test('a plugin that is not there leaves a door open', (t) => {
    const folder = folderOf(t, {})
    for (const service of [{ name: ['guard'] }, { name: 'guard' }, { plugins: [{ name: 'guard' }] }, { name: ['./guard.ts'] }]) {
      const [finding, ...rest] = findingsOf(configOf(folder, { service: { 'plugin/http-server': service } }))
      assert.deepEqual([finding?.code, finding?.opensDoor, rest], ['not-supported', true, []])
    }
  })

  test('modules are built with the configuration, and told what is wrong with them', (t) => {
    const folder = folderOf(t, { 'syntax.ts': 'export default (', 'import.ts': "import 'no-such-package'\nexport default 1", 'named.ts': 'export const plugin = 1', 'good.ts': 'export default () => ({})' })
    const messages = (name: string): string[] => findingsOf(configOf(folder, { endpoint: { 'plugin/req-resp-modifier': { name: [name], [name]: {} } } })).map(({ severity, message }) => `${severity} ${message}`)
    assert.deepEqual(messages('syntax'), ['error syntax: syntax.ts:1:17: Unexpected end of file'])
    assert.deepEqual(messages('import'), ['error import: import.ts:1:8: Could not resolve "no-such-package"'])
    assert.deepEqual(messages('named'), ['error named: expected a default export, which makes the plugin, found plugin'])
    assert.deepEqual(messages('good'), [])
  })

  test('keys that are no plugin of the list, and a second client', (t) => {
    const folder = folderOf(t, { 'one.ts': 'export default () => 1', 'two.ts': 'export default () => 1' })
    assert.deepEqual(findingsOf(configOf(folder, { service: { 'plugin/http-server': { name: ['one'], onee: {} } } })).map(({ code, suggestion }) => [code, suggestion]), [['unknown-key', 'one']])
    assert.deepEqual(findingsOf(configOf(folder, { backend: { 'plugin/http-client': { name: ['one', 'two'] } } })).map(({ code }) => code), ['one-plugin'])
  })
})

test('Hono is in the bundle where a plugin of the server is, and nowhere else', async (t) => {
  const folder = folderOf(t, { 'hello.ts': "import { defineServerPlugin } from 'cuttle/plugins'\nexport default defineServerPlugin(() => (_c, next) => next())", 'other.ts': 'export default () => ({})' })
  const inputsOf = async (where: Where): Promise<string> => {
    const { plan } = compile(readJson('gateway.json', JSON.stringify(configOf(folder, where))), features)
    return Object.keys((await bundle(emitModule(plan, 'cloudflare'))).metafile.inputs).join('\n')
  }
  assert.match(await inputsOf({ service: { 'plugin/http-server': { name: ['hello'] } } }), /hono/)
  const filter = { name: ['ip-filter'], 'ip-filter': { CIDR: ['10.0.0.0/8'], trusted_proxies: ['10.0.0.1'] } }
  for (const where of [{ service: { 'plugin/http-server': filter } }, { endpoint: { 'plugin/req-resp-modifier': filter } }]) assert.doesNotMatch(await inputsOf(where), /hono|worker\/plugin/)
  assert.doesNotMatch(await inputsOf({ endpoint: { 'plugin/req-resp-modifier': { name: ['other'] } } }), /hono/)
})

suite('plugin/http-server', () => {
  test('the last of the list sees requests first, in both forms of the list', async (t) => {
    const text = "export default (config, { name }) => async (c, next) => { c.header('x-before', 'yes'); await next(); c.res.headers.append('x-order', `${name} ${config.n ?? '-'}`) }"
    const folder = folderOf(t, { 'one.ts': text, 'two.js': text, 'three/index.ts': text })
    const fetch = (): Promise<Response> => Promise.resolve(Response.json({}))
    for (const service of [{ name: ['one', 'two', 'three'], one: { n: 1 } }, { plugins: [{ name: 'one', config: { n: 1 } }, { name: 'two' }, { name: 'three' }] }]) {
      const gateway = await createGateway(configOf(folder, { service: { 'plugin/http-server': service } }), { fetch })
      const { headers, status } = await gateway.fetch('/a/1', { method: 'POST' })
      assert.deepEqual([status, headers.get('x-order'), headers.get('x-before')], [200, 'one 1, two -, three -', 'yes'])
    }
  })

  test('requests may be changed, read and answered; what is thrown is 500', async (t) => {
    const folder = folderOf(t, {
      'all.ts': `import { HTTPException } from 'hono/http-exception'
        export default (_config, { log }) => async (c, next) => {
          const asked = c.req.header('x-do')
          if (asked === 'answer') return c.text('mine', 418)
          if (asked === 'throw') throw new Error('broken')
          if (asked === 'refuse') throw new HTTPException(402, { message: 'pay' })
          if (asked === 'read') log('info', (await c.req.json()).text)
          if (asked === 'move') c.req.raw = new Request(new URL('/a/moved?x=1', c.req.url), c.req.raw)
          return next()
        }`,
    })
    const sent: string[] = []
    const fetch = async (url: string, init: { body: unknown }): Promise<Response> => {
      sent.push(url, await new Response(init.body as BodyInit).text())
      return Response.json({})
    }
    const gateway = await createGateway(configOf(folder, { service: { 'plugin/http-server': { name: 'all' } }, input_query_strings: ['*'] }), { fetch: fetch as never })
    const ask = async (does: string): Promise<[number, string]> => {
      const answer = await gateway.fetch('/a/1', { method: 'POST', body: '{"text":"hello"}', headers: { 'x-do': does } })
      return [answer.status, await answer.text()]
    }
    assert.deepEqual(await ask('answer'), [418, 'mine'])
    assert.deepEqual(await ask('throw'), [500, ''])
    assert.deepEqual(await ask('refuse'), [402, 'pay'])
    assert.deepEqual(await ask('read'), [200, '{}'])
    assert.deepEqual(await ask('move'), [200, '{}'])
    assert.deepEqual(sent, ['http://upstream.test/', '{"text":"hello"}', 'http://upstream.test/?x=1', '{"text":"hello"}'])
    assert.match(gateway.logs[0]!, /broken/)
    assert.equal(gateway.logs[1], 'all: hello')
  })
})

test('the path of a server plugin of Cuttle\'s own stands, whatever the user\'s plugins behind it do with the request', async (t) => {
  const folder = folderOf(t, {
    'mark.ts': "export default () => (c, next) => { c.req.raw = new Request(c.req.raw, { headers: { 'x-mark': c.req.path } }); return next() }",
    'read.ts': 'export default () => async (c, next) => { await c.req.text(); return next() }',
  })
  const [sent, told]: [string[], string[]] = [[], []]
  const fetch = (url: string, init: { body: BodyInit }): Promise<Response> => {
    if (url.startsWith('http://sink')) told.push(new TextDecoder().decode(init.body as Uint8Array))
    else sent.push(url)
    return Promise.resolve(Response.json({}))
  }
  const telemetry = { metric_reporting_period: 0.01, exporters: { otlp: [{ name: 'o', host: 'sink', use_http: true, disable_metrics: true }] } }
  const rewrite = { literal: { '/old': '/a/new' } }
  const hosts = { hosts: ['shop.test'] }
  for (const name of [['mark', 'url-rewrite'], ['read', 'url-rewrite'], ['url-rewrite', 'mark'], ['mark', 'url-rewrite', 'read'], ['read', 'url-rewrite', 'virtualhost']]) {
    const gateway = await createGateway(configOf(folder, { service: { 'plugin/http-server': { name, 'url-rewrite': rewrite, virtualhost: hosts }, 'telemetry/opentelemetry': telemetry }, input_query_strings: ['*'] }), { fetch: fetch as never })
    assert.equal((await gateway.fetch('/old?x=1', { method: 'POST', body: 'b' })).status, 200, name.join())
    await Promise.all(gateway.pending)
    assert.match(told.splice(0).join(), /"name":"POST \/a\/:id"/, name.join())
  }
  assert.deepEqual(new Set(sent), new Set(['http://upstream.test/?x=1']))
})

test('a body is as long as what server plugins have made of it', async (t) => {
  const folder = folderOf(t, {
    'other.ts': "export default () => (c, next) => { c.req.raw = new Request(c.req.raw, { body: 'another' }); return next() }",
    'read.ts': 'export default () => async (c, next) => { await c.req.text(); return next() }',
  })
  const sent: unknown[] = []
  const fetch = async (_url: string, { body, length }: { body: BodyInit; length: number | null }): Promise<Response> => {
    sent.push([await new Response(body).text(), length])
    return Response.json({})
  }
  for (const name of ['read', 'other']) {
    const gateway = await createGateway(configOf(folder, { service: { 'plugin/http-server': { name } } }), { fetch: fetch as never })
    assert.equal((await gateway.fetch('/a/1', { method: 'POST', body: 'long', headers: { 'content-length': '4' } })).status, 200)
  }
  assert.deepEqual(sent, [['long', 4], ['another', null]])
})

suite('plugin/req-resp-modifier', () => {
  test('at a backend the call is changed; bodies of no-op go through', async (t) => {
    const folder = folderOf(t, {
      'change.ts': `export default () => ({
        request(request) { request.url += '/more'; request.method = 'PUT'; request.headers.set('x-path', request.path + request.params.Id) },
        response(response) { response.status = 202; response.headers.set('x-new', 'yes') },
      })`,
      'write.ts': "export default () => ({ async response(response) { response.body = (await new Response(response.body).text()).toUpperCase() } })",
    })
    const sent: unknown[] = []
    const fetch = (url: string, { method, headers }: { method: string; headers: { readonly [name: string]: string } }): Promise<Response> => {
      sent.push([url, method, headers['x-path']])
      return Promise.resolve(new Response('as it is', { headers: { 'content-length': '8', 'content-type': 'text/plain' } }))
    }
    for (const [name, body] of [[['change'], 'as it is'], [['change', 'write'], 'AS IT IS']] as const) {
      const gateway = await createGateway(configOf(folder, { output_encoding: 'no-op', backend: { 'plugin/req-resp-modifier': { name } } }), { fetch: fetch as never })
      const answer = await gateway.fetch('/a/7', { method: 'POST' })
      assert.deepEqual([answer.status, answer.headers.get('x-new'), answer.headers.get('content-type'), await answer.text()], [202, 'yes', 'text/plain', body])
    }
    assert.deepEqual(sent[0], ['http://upstream.test//more', 'PUT', '/7'])
  })

  test('an error is 500, or its own status; return_error_msg shows the message', async (t) => {
    const folder = folderOf(t, { 'fail.ts': "export default ({ status }) => ({ response() { throw Object.assign(new Error('no'), { status }) } })" })
    const fetch = (): Promise<Response> => Promise.resolve(Response.json({}))
    const ask = async (fail: object, router: object): Promise<[number, string]> => {
      const gateway = await createGateway(configOf(folder, { service: { router }, endpoint: { 'plugin/req-resp-modifier': { name: ['fail'], fail } } }), { fetch })
      const answer = await gateway.fetch('/a/1', { method: 'POST' })
      return [answer.status, await answer.text()]
    }
    assert.deepEqual(await ask({}, {}), [500, ''])
    assert.deepEqual(await ask({ status: 429 }, {}), [429, ''])
    assert.deepEqual(await ask({ status: 429 }, { return_error_msg: true }), [429, 'fail: no'])
    assert.deepEqual(await ask({ status: 'many' }, {}), [500, ''])
  })
})

test('what makes no plugin of its kind answers 500, and the log names it', async (t) => {
  const folder = folderOf(t, { 'three.ts': 'export default 3', 'throws.ts': 'export default () => { throw new Error("a is missing") }', 'fn.ts': 'export default () => () => undefined', 'obj.ts': 'export default () => ({ nothing: 1 })' })
  const ask = async (where: Where): Promise<[number, string]> => {
    const { fetch, logs } = await createGateway(configOf(folder, where), { fetch: () => Promise.resolve(Response.json({ a: 1 })) })
    const { status } = await fetch('/a/1', { method: 'POST' }).catch((error: Error) => (logs.push(error.message), { status: 500 }))
    return [status, /plugin \S+: .*/.exec(logs.join('\n'))?.[0] ?? '']
  }
  const named = (name: string): object => ({ name: [name], [name]: {} })
  assert.deepEqual(await ask({ endpoint: { 'plugin/req-resp-modifier': named('three') } }), [500, 'plugin three: expected a default export that makes the plugin, found number'])
  assert.deepEqual(await ask({ endpoint: { 'plugin/req-resp-modifier': named('fn') } }), [500, 'plugin fn: expected its default export to give an object with request or response, found function'])
  assert.deepEqual(await ask({ endpoint: { 'plugin/middleware': named('throws') } }), [500, 'plugin throws: a is missing'])
  assert.deepEqual(await ask({ backend: { 'plugin/http-client': named('obj') } }), [500, 'plugin obj: expected its default export to give a function, found object'])
  await assert.rejects(ask({ service: { 'plugin/http-server': named('obj') } }), /plugin obj: expected its default export to give middleware, or an app, found object/)
})

test('a folder beside the file is where plugins are', async (t) => {
  const folder = folderOf(t, { 'plugins/one.ts': 'export default () => ({})', 'gateway.json': JSON.stringify({ version: 3, endpoints: [{ endpoint: '/a', backend: [{ ...backend, extra_config: { 'plugin/middleware': { name: ['one'] } } }] }] }) })
  const { findings, plan } = compile(await readConfiguration(path.join(folder, 'gateway.json')), features)
  assert.deepEqual([findings, Object.keys(plan.modules)], [[], ['module/./plugins/one.ts']])
})

suite('plugin/http-client, in workerd', () => {
  mkdirSync(path.join(ROOT, 'dist'), { recursive: true })
  const folder = mkdtempSync(path.join(ROOT, 'dist', 'plugins-'))
  after(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(path.join(folder, 'pass.ts'), "export default () => (request, next) => { request.headers.set('x-plugin', request.method); return next(request) }")
  writeFileSync(path.join(folder, 'twice.ts'), 'export default () => async (request, next) => { const again = request.clone(); const first = await next(request); return first.ok ? first : next(again) }')
  writeFileSync(path.join(folder, 'own.ts'), "export default () => () => Response.json({ own: true }, { headers: { 'x-own': 'yes' } })")

  const start = (name: string, more: object = {}): Promise<Gateway> => {
    const plugin = { 'plugin/http-client': { name } }
    const endpoint = (method: string): object => ({ endpoint: '/e', method, input_headers: ['*'], ...more, backend: [{ host: ['http://upstream-u'], url_pattern: '/u', extra_config: plugin }] })
    return startGateway({ config: { version: 3, plugin: { folder }, endpoints: [endpoint('GET'), endpoint('POST')] }, upstreams: { u: { 'GET /u': { echo: true }, 'POST /u': [{ status: 503 }, { echo: true }] } } })
  }

  test('calls go through with their bodies and lengths', async () => {
    for (const more of [{}, { output_encoding: 'no-op' }]) {
      await using gateway = await start('pass', more)
      await gateway.fetch('/e', { method: 'POST', body: 'first' })
      const post = (await (await gateway.fetch('/e', { method: 'POST', body: 'text' })).json()) as { body: string; headers: { [name: string]: string } }
      assert.deepEqual([post.body, post.headers['x-plugin']], ['text', 'POST'])
      const get = (await (await gateway.fetch('/e')).json()) as { headers: { [name: string]: string } }
      assert.equal(get.headers['x-plugin'], 'GET')
    }
  })

  test('a plugin may call again, or not at all', async () => {
    await using twice = await start('twice')
    assert.equal(((await (await twice.fetch('/e', { method: 'POST', body: 'text' })).json()) as { body: string }).body, 'text')
    assert.equal(twice.upstreams.u!.seen.length, 2)
    await using own = await start('own', { output_encoding: 'no-op' })
    const answer = await own.fetch('/e')
    assert.deepEqual([answer.headers.get('x-own'), await answer.json(), own.upstreams.u!.seen.length], ['yes', { own: true }, 0])
  })
})
