import assert from 'node:assert/strict'
import { test } from 'node:test'
import { features } from '../../features/index.ts'
import { compile } from '../compile.ts'
import { readJson } from '../load/source.ts'
import { emitGateway } from './module.ts'

test('lists of the user\'s are no modules, whatever they look like', () => {
  const extra = { 'security/bot-detector': { deny: ['worker/1.0', 'x'], allow: ['features/new', 'x'] } }
  const data = { paths: ['features/search', 'features/cart'], more: ['worker/../../package', 1] }
  const config = { version: 3, extra_config: extra, endpoints: [{ endpoint: '/a', backend: [{ host: ['http://up.test'], url_pattern: '/' }], extra_config: { proxy: { static: { strategy: 'always', data } } } }] }
  const { plan } = compile(readJson('gateway.json', JSON.stringify(config)), features)
  const imported = [...emitGateway(plan, 'workerd').matchAll(/^import .* from 'cuttle\/(.*)'$/gm)].map(([, name]) => name!)
  assert.ok(imported.includes('features/security/bot-detector') && imported.includes('worker/proxy/static'))
  assert.deepEqual(imported.filter((name) => /1\.0|new|search|package/.test(name)), [])
})
