import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { compile } from '../../../compiler/compile.ts'
import { readJson } from '../../../compiler/load/source.ts'
import { createGateway } from '../../../test/gateway.ts'
import { features } from '../../index.ts'

const backend = (url_pattern: string): object[] => [{ host: ['http://u.test'], url_pattern }]
const fetch = (url: string): Promise<Response> => Promise.resolve(Response.json({ url: url.replace('http://u.test', '') }))

/** Upstream's path, or the status and where to go. */
async function asker(config: object): Promise<(url: string) => Promise<string>> {
  const gateway = await createGateway({ version: 3, ...config }, { fetch })
  return async (url) => {
    const { host, pathname, search } = new URL(url)
    const answer = await gateway.fetch(pathname + search, { headers: { host } })
    return answer.ok ? ((await answer.json()) as { url: string }).url : `${answer.status} ${answer.headers.get('location') ?? ''}`.trim()
  }
}

suite('server/virtualhost', () => {
  const endpoints = [{ endpoint: '/users', backend: backend('/any') }, { endpoint: '/__virtual/a.test/users', backend: backend('/a') }, { endpoint: '/__virtual/b_api/users/{id}', backend: backend('/b/{id}') }]

  test('hosts have endpoints of their own, which no other host leads to', async () => {
    const ask = await asker({ endpoints, extra_config: { 'server/virtualhost': { hosts: ['a.test'] } } })
    assert.equal(await ask('http://a.test/users'), '/a')
    assert.equal(await ask('http://a.test/users/'), '301 /users')
    assert.equal(await ask('http://a.test/users/1'), '404')
    assert.equal(await ask('http://c.test/users'), '/any')
    assert.equal(await ask('http://c.test/__virtual/a.test/users'), '404')
    assert.equal(await ask('http://a.test/__virtual/a.test/users'), '404')
  })

  test('a redirect is to the path that the host has, in words too', async () => {
    const gateway = await createGateway({ version: 3, endpoints, extra_config: { 'server/virtualhost': { hosts: ['a.test'] } } }, { fetch })
    const answer = await gateway.fetch('/users/?x=1', { headers: { host: 'a.test' } })
    assert.equal(await answer.text(), '<a href="/users?x=1">Moved Permanently</a>.\n\n')
    assert.equal(answer.headers.get('content-type'), 'text/html; charset=utf-8')
  })

  test('aliases, and KrakenD 2.3\'s plugin', async () => {
    const aliased = await asker({ endpoints, extra_config: { 'server/virtualhost': { aliased_hosts: { b_api: 'B.test:9000' } } } })
    assert.equal(await aliased('http://b.test:9000/users/7'), '/b/7')
    assert.equal(await aliased('http://b.test/users'), '/any')
    const plugin = await asker({ endpoints, extra_config: { 'plugin/http-server': { name: ['virtualhost'], virtualhost: { hosts: ['a.test'] } } } })
    assert.equal(await plugin('http://a.test/users'), '/a')
  })

  test('findings', () => {
    const codes = (block: object): string[] => compile(readJson('gateway.json', JSON.stringify({ version: 3, endpoints, extra_config: { 'server/virtualhost': block } })), features).findings.map(({ code }) => code)
    assert.deepEqual(codes({ hosts: ['a.test'] }), [])
    assert.deepEqual(codes({ hosts: ['a.test:81'] }), ['bad-alias'])
    assert.deepEqual(codes({ hosts: ['a.test'], aliased_hosts: { a: 'a.test' } }), ['no-effect'])
  })
})

suite('url-rewrite', () => {
  const rewrite = (block: object): object => ({ 'plugin/http-server': { name: ['url-rewrite'], 'url-rewrite': block } })
  const endpoints = [{ endpoint: '/hello', backend: backend('/hello'), input_query_strings: ['q'] }, { endpoint: '/users/{id}', backend: backend('/u/{id}') }]

  test('literals, then patterns in their order', async () => {
    const ask = await asker({ endpoints, extra_config: rewrite({ literal: { '/hi': '/hello' }, regexp: [['^/people/(\\w+)/(\\w+)$', '/users/${2}'], ['^/people/', '/hello']] }) })
    assert.equal(await ask('http://g.test/hi?q=1'), '/hello?q=1')
    assert.equal(await ask('http://g.test/people/a/b'), '/u/b')
    assert.equal(await ask('http://g.test/people/'), '/hello')
    assert.equal(await ask('http://g.test/hello'), '/hello')
    assert.equal(await ask('http://g.test/hi/'), '404')
  })

  test('before virtual hosts', async () => {
    const ask = await asker({ endpoints: [{ endpoint: '/__virtual/a.test/new', backend: backend('/new') }], extra_config: { ...rewrite({ literal: { '/old': '/new' } }), 'server/virtualhost': { hosts: ['a.test'] } } })
    assert.equal(await ask('http://a.test/old'), '/new')
  })

  test('findings', () => {
    const codes = (block: object): string[] => compile(readJson('gateway.json', JSON.stringify({ version: 3, endpoints, extra_config: rewrite(block) })), features).findings.map(({ code }) => code)
    assert.deepEqual(codes({ regexp: [['/a', '/b']] }), [])
    assert.deepEqual(codes({ regexp: [['(', '/b'], ['/a']] }), ['bad-pattern', 'wrong-type'])
  })
})
