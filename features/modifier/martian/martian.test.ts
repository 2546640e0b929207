/** Martian's corners that no recorded case shows (transform/RULES.md §1). */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, test } from 'node:test'
import { compile } from '../../../compiler/compile.ts'
import { readJson } from '../../../compiler/load/source.ts'
import { createGateway, type TestGateway } from '../../../test/gateway.ts'
import type { CallInit } from '../../../worker/types.ts'
import { features } from '../../index.ts'

interface Call {
  url: string
  headers: { [name: string]: string }
}
type Tree = { readonly [name: string]: unknown }

const configOf = (tree: unknown, more: object = {}) => ({ version: 3, endpoints: [{ endpoint: '/m', input_headers: ['*'], input_query_strings: ['*'], output_encoding: 'no-op', backend: [{ host: ['http://shop.internal'], url_pattern: '/x', extra_config: { 'modifier/martian': tree } }], ...more }] })

async function gatewayOf(tree: Tree, answer = (): Response => new Response('old', { headers: { 'Content-Type': 'text/plain' } })): Promise<{ gateway: TestGateway; calls: Call[] }> {
  const calls: Call[] = []
  const fetch = (url: string, { headers }: CallInit): Promise<Response> => {
    calls.push({ url, headers })
    return Promise.resolve(answer())
  }
  return { gateway: await createGateway(configOf(tree), { fetch }), calls }
}

const mark = (value: string, scope = ['request']): Tree => ({ 'header.Modifier': { scope, name: 'X-Hit', value } })
const group = (...modifiers: unknown[]): Tree => ({ 'fifo.Group': { modifiers } })

void describe('addresses', () => {
  for (const [name, tree, wanted] of [
    ['a port', { 'port.Modifier': { port: 8443 } }, 'http://shop.internal:8443/x'],
    ['the scheme\'s port', { 'port.Modifier': { defaultForScheme: true } }, 'http://shop.internal:80/x'],
    ['no port', group({ 'port.Modifier': { port: 81 } }, { 'port.Modifier': { remove: true } }), 'http://shop.internal/x'],
    ['a path of plain text', { 'url.Modifier': { path: '/a b%2Fü?' } }, 'http://shop.internal/a%20b%252F%C3%BC%3F'],
    ['all parts', { 'url.Modifier': { scheme: 'https', host: 'new.test:1', path: '/y', query: 'a=%41' } }, 'https://new.test:1/y?a=%41'],
  ] as const) {
    void test(`${name} is set`, async () => {
      const { gateway, calls } = await gatewayOf(tree)
      await gateway.fetch('/m')
      assert.equal(calls[0]?.url, wanted)
    })
  }

  void test('a space in a raw query fails, as it would in a request line', async () => {
    const { gateway, calls } = await gatewayOf({ 'url.Modifier': { query: 'a=b c' } })
    assert.deepEqual([(await gateway.fetch('/m')).status, calls.length], [500, 0])
  })
})

void describe('filters', () => {
  const hit = async (tree: Tree, headers: { [name: string]: string } = {}): Promise<string | undefined> => {
    const { gateway, calls } = await gatewayOf(tree)
    await gateway.fetch('/m?kind=a&kind=b', { headers })
    return calls[0]?.headers['x-hit']
  }

  void test('a star in a host stands for one label', async () => {
    const filter = (host: string): Tree => ({ 'url.Filter': { host, modifier: mark('yes'), else: mark('no') } })
    assert.deepEqual(await Promise.all(['*.internal', 'shop.*', '*', '*.*.internal'].map((host) => hit(filter(host)))), ['yes', 'yes', 'no', 'no'])
  })

  void test('any value of a query parameter will do', async () => {
    assert.equal(await hit({ 'querystring.Filter': { name: 'kind', value: 'b', modifier: mark('yes') } }), 'yes')
  })

  void test('a port filter takes the scheme\'s port, and has answers without a port fail where it is another', async () => {
    assert.equal(await hit({ 'port.Filter': { port: 80, modifier: mark('yes') } }), 'yes')
    const { gateway } = await gatewayOf({ 'port.Filter': { port: 81, modifier: mark('yes') } })
    assert.equal((await gateway.fetch('/m')).status, 500)
  })

  void test('cookies are read as Go reads them', async () => {
    const filter = { 'cookie.Filter': { name: 'plan', value: 'pro plus', modifier: mark('yes') } }
    assert.equal(await hit(filter, { Cookie: 'b@d=1; plan="pro plus"' }), 'yes')
    assert.equal(await hit(filter, { Cookie: 'plan=pro" plus' }), undefined)
  })

  void test('any value of a header will do', async () => {
    const filter = (value: string): Tree => ({ 'header.Filter': { scope: ['request'], name: 'x-kind', value, modifier: mark('yes'), else: mark('no') } })
    const kinds = { 'X-Kind': 'small, big' }
    assert.deepEqual([await hit(filter('big'), kinds), await hit(filter('small, big'), kinds), await hit(filter('bi'), kinds)], ['yes', 'yes', 'no'])
  })

  void test('of values that modifiers added, each is one', async () => {
    const added = group({ 'header.Append': { name: 'X-List', value: 'a', scope: ['request'] } }, { 'header.Append': { name: 'X-List', value: 'b', scope: ['request'] } }, { 'header.Filter': { scope: ['request'], name: 'x-list', value: 'b', modifier: mark('yes') } })
    assert.equal(await hit(added), 'yes')
  })
})

void describe('bodies', () => {
  const digits = { 'body.Modifier': { scope: ['response'], contentType: 'text/plain', body: btoa('0123456789') } }
  const asked = async (range: string): Promise<Response> => {
    const { gateway } = await gatewayOf(digits)
    return gateway.fetch('/m', { headers: { Range: range } })
  }

  void test('one range is that part', async () => {
    const response = await asked('bytes=2-5')
    assert.deepEqual([response.status, response.headers.get('content-range'), await response.text()], [206, 'bytes 2-5/10', '2345'])
  })

  void test('several are a multipart answer', async () => {
    const response = await asked('bytes=0-1,8-')
    const boundary = /^multipart\/byteranges; boundary=([0-9a-f]{60})$/.exec(response.headers.get('content-type')!)![1]!
    const part = (range: string, text: string): string => `--${boundary}\r\nContent-Range: bytes ${range}/10\r\nContent-Type: text/plain\r\n\r\n${text}\r\n`
    assert.equal(await response.text(), `${part('0-1', '01')}${part('8-9', '89')}--${boundary}--\r\n`)
  })

  void test('a range that begins behind its end leaves the old body', async () => {
    const response = await asked('bytes=5-2')
    assert.deepEqual([response.status, await response.text()], [416, 'old'])
  })

  for (const range of ['bytes=-3', 'bytes=0-99']) void test(`${range} fails`, async () => assert.equal((await asked(range)).status, 500))

  void test('hundreds of ranges are refused', async () => {
    assert.equal((await asked(`bytes=${Array(200).fill('0-9').join(',')}`)).status, 416)
  })
})

void describe('answers', () => {
  void test('an answer without a body may not become one with', async () => {
    const { gateway } = await gatewayOf({ 'status.Modifier': { statusCode: 204 } })
    const response = await gateway.fetch('/m')
    assert.deepEqual([response.status, await response.text()], [204, ''])
  })

  void test('a header that HTTP has no name for is left out, and a value stays on its line', async () => {
    const { gateway } = await gatewayOf(group(mark('a\r\nb', ['response']), { 'header.Modifier': { scope: ['response'], name: 'no name', value: '1' } }))
    const response = await gateway.fetch('/m')
    assert.deepEqual([response.status, response.headers.get('x-hit')], [200, 'a  b'])
  })

  void test('a value that would end its line is not sent', async () => {
    const { gateway, calls } = await gatewayOf(mark('a\r\nX-Admin: 1'))
    assert.deepEqual([(await gateway.fetch('/m')).status, calls.length], [500, 0])
  })
})

void test('static.Modifier serves files that the build has put in', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'cuttle-martian-'))
  writeFileSync(path.join(folder, 'x.html'), '<p>ü')
  const { gateway, calls } = await gatewayOf({ 'static.Modifier': { rootPath: folder, explicitPaths: { '/x': 'x.html' } } })
  const response = await gateway.fetch('/m')
  assert.deepEqual([response.status, response.headers.get('content-type'), await response.text(), calls.length], [200, 'text/html; charset=utf-8', '<p>ü', 0])
  rmSync(folder, { recursive: true })
})

void describe('what turns the whole tree off', () => {
  for (const [name, tree] of [
    ['a bad scope, deep inside', group(mark('1'), { 'header.Filter': { name: 'a', modifier: mark('1', ['reply']) } })],
    ['look-around', { 'url.RegexFilter': { regex: '(?=a)', modifier: mark('1') } }],
    ['base64 that is none', { 'body.Modifier': { body: 'x' } }],
    ['a stash of the answer alone', { 'stash.Modifier': { headerName: 'X-Url', scope: ['response'] } }],
    ['two ports', { 'port.Modifier': { port: 1, remove: true } }],
    ['a filter of nothing', { 'header.Filter': { name: 'a' } }],
    ['the 30th of February', { 'cookie.Modifier': { name: 'a', expires: '2031-02-30T00:00:00Z' } }],
    ['the 24th hour', { 'cookie.Modifier': { name: 'a', expires: '2031-02-03T24:00:00Z' } }],
    ['a priority in words', { 'priority.Group': { modifiers: [{ priority: 'high', modifier: mark('1') }] } }],
  ] as const) {
    void test(name, () => {
      const { findings } = compile(readJson('gateway.json', JSON.stringify(configOf(tree))), features)
      assert.deepEqual(findings.map(({ code, opensDoor }) => [code, opensDoor]), [['martian-off', true]])
    })
  }
})

void test('what is appended to a header of one value is not sent: Go sends it on a second line, of which no client takes it, and User-Agent once', async () => {
  const scope = ['request', 'response']
  const { gateway, calls } = await gatewayOf(group(...['User-Agent', 'Content-Type', 'X-Many'].map((name) => ({ 'header.Append': { scope, name, value: 'v' } }))))
  const { headers } = await gateway.fetch('/m', { headers: { 'User-Agent': 'u', 'X-Many': 'm' } })
  assert.deepEqual([headers.get('content-type'), headers.get('x-many')], ['text/plain', 'v'])
  assert.deepEqual([calls[0]!.headers['user-agent'], calls[0]!.headers['x-many']], ['u', 'm, v'])
})
