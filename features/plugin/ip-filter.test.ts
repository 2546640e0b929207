import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compile } from '../../compiler/compile.ts'
import { readJson } from '../../compiler/load/source.ts'
import { createGateway } from '../../test/gateway.ts'
import { features } from '../index.ts'

const backend = [{ host: ['http://upstream.test'], url_pattern: '/' }]
const fetch = (): Promise<Response> => Promise.resolve(Response.json({ ok: true }))
const plugin = (filter: object): object => ({ name: ['ip-filter'], 'ip-filter': filter })

/** Statuses of a request through a trusted proxy for each of these clients. */
async function statuses(extra: object, clients: readonly string[], path = '/items'): Promise<number[]> {
  const config = { version: 3, extra_config: { router: { trusted_proxies: ['192.0.2.0/24'] }, ...extra }, endpoints: [{ endpoint: '/items', backend }] }
  const gateway = await createGateway(config, { fetch })
  return Promise.all(clients.map(async (client) => (await gateway.fetch(path, { headers: { 'x-forwarded-for': client } })).status))
}

test('the listed are refused, or the others', async () => {
  const clients = ['10.1.2.3', '11.0.0.1', '2001:db8::1', '2001:db9::1', '::ffff:10.9.9.9']
  const CIDR = ['10.0.0.0/8', '2001:db8::/32']
  assert.deepEqual(await statuses({ 'plugin/http-server': plugin({ CIDR }) }, clients), [403, 200, 403, 200, 403])
  assert.deepEqual(await statuses({ 'plugin/http-server': plugin({ CIDR, allow: true }) }, clients), [200, 403, 200, 403, 200])
  // Outside of the router: other paths and the health endpoint too.
  assert.deepEqual(await statuses({ 'plugin/http-server': plugin({ CIDR }) }, ['10.1.2.3'], '/__health'), [403])
})

test('a peer that is no trusted proxy is asked for itself', async () => {
  const filter = plugin({ CIDR: ['10.0.0.0/8'], allow: true, trusted_proxies: ['198.51.100.1'] })
  assert.deepEqual(await statuses({ 'plugin/http-server': filter }, ['10.1.2.3']), [403])
})

test('an endpoint has a filter of its own', async () => {
  const config = {
    version: 3,
    endpoints: [
      { endpoint: '/closed', backend, extra_config: { 'plugin/req-resp-modifier': plugin({ CIDR: ['192.0.2.1'] }) } },
      { endpoint: '/open', backend },
    ],
  }
  const gateway = await createGateway(config, { fetch })
  assert.deepEqual([(await gateway.fetch('/closed')).status, (await gateway.fetch('/open')).status], [403, 200])
})

test('doors that stay open are named', () => {
  const check = (block: object): string[] => {
    const config = { version: 3, extra_config: { 'plugin/http-server': block }, endpoints: [{ endpoint: '/items', backend }] }
    return compile(readJson('gateway.json', JSON.stringify(config)), features).findings.filter(({ opensDoor }) => opensDoor).map(({ code }) => code)
  }
  assert.deepEqual(check(plugin({ CIDR: ['10.0.0.0/8'] })), ['untrusted-address'])
  assert.deepEqual(check(plugin({ CIDR: ['10.0.0/8'], trusted_proxies: ['10.0.0.1'] })), ['bad-address'])
  assert.deepEqual(check({ name: ['ip-filtre'], 'ip-filtre': {} }), ['not-supported'])
  assert.deepEqual(check({ name: ['ip-filter'], 'ip-fliter': {} }), ['unknown-key', 'no-block'])
  assert.deepEqual(check({ name: ['ip-filter'] }), ['no-block'])
  assert.deepEqual(check({ plugins: [{ name: 'ip-filter', config: { CIDR: ['10.0.0.0/8'] } }] }), ['untrusted-address'])
  assert.deepEqual(check({ plugins: [{ name: 'ip-filter', config: { CIDR: 7 } }] }), ['wrong-type'])
  assert.deepEqual(check({ nam: ['ip-filter'], 'ip-filter': { CIDR: [] } }), ['unknown-key'])
  assert.deepEqual(check(plugin({ CIDR: ['10.0.0.0/8'], trusted_proxies: ['10.0.0.1'], alow: true })), ['unknown-key'])
  assert.deepEqual(check(plugin({ CIDR: ['10.0.0.0/8'], trusted_proxies: ['10.0.0.1'], '@comment': 'x' })), [])
})

test('misspelled keys of blocks have their own places, and what they may have been', () => {
  const found = (at: 'extra_config' | 'endpoint', namespace: string, name: string, block: object): readonly unknown[] => {
    const extra = { [namespace]: { name: [name], [name]: block } }
    const config = { version: 3, ...(at === 'extra_config' && { extra_config: extra }), endpoints: [{ endpoint: '/items', backend, ...(at === 'endpoint' && { extra_config: extra }) }] }
    return compile(readJson('gateway.json', JSON.stringify(config)), features).findings.map(({ code, path, suggestion, opensDoor }) => [code, path.slice(-2).join('.'), suggestion, opensDoor])
  }
  const filter = { CIDR: ['10.0.0.0/8'], trusted_proxies: ['10.0.0.1'], alow: true }
  const told = ['unknown-key', 'ip-filter.alow', 'allow', true]
  assert.deepEqual(found('extra_config', 'plugin/http-server', 'ip-filter', filter), [told])
  assert.deepEqual(found('endpoint', 'plugin/req-resp-modifier', 'ip-filter', filter), [told])
  assert.deepEqual(found('extra_config', 'plugin/http-server', 'url-rewrite', { literals: {} }), [['unknown-key', 'url-rewrite.literals', 'literal', undefined]])
  assert.deepEqual(found('extra_config', 'plugin/http-server', 'jwk-aggregator', { port: 9877, origins: [], cach: true }), [['unknown-key', 'jwk-aggregator.cach', 'cache', undefined]])
  assert.deepEqual(found('extra_config', 'plugin/http-server', 'virtualhost', { host: [] }), [['unknown-key', 'virtualhost.host', 'hosts', undefined]])
})
