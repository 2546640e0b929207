import assert from 'node:assert/strict'
import { test } from 'node:test'
import { features } from '../../features/index.ts'
import { compile } from '../compile.ts'
import { readJson } from '../load/source.ts'
import { bundle } from './bundle.ts'
import { emitModule } from './module.ts'
import { describeReport, reportOf } from './report.ts'

const backend = (more: object = {}): object => ({ host: ['http://up:8000'], url_pattern: '/', ...more })

test('what the bundle consists of, and what endpoints may need', async () => {
  const config = {
    version: 3,
    extra_config: { 'cuttle/limits': { max_buffered_body: 1_000_000 } },
    endpoints: [
      { endpoint: '/one', backend: [backend()] },
      { endpoint: '/raw', output_encoding: 'no-op', backend: [backend()] },
      { endpoint: '/three', concurrent_calls: 2, backend: [backend({ group: 'a' }), backend({ group: 'b', extra_config: { 'backend/http/client': { retry: { times: 3 } } } }), backend({ extra_config: { proxy: { shadow: true } } })] },
      { endpoint: '/token', backend: [backend({ encoding: 'xml' })], extra_config: { 'auth/validator': { alg: 'RS256', jwk_url: 'https://id.example/keys' } } },
    ],
  }
  const { plan } = compile(readJson('gateway.json', JSON.stringify(config)), features)
  const { metafile } = await bundle(emitModule(plan, 'cloudflare'))
  const report = reportOf(plan, metafile)
  assert.deepEqual(
    report.endpoints.map(({ endpoint, calls, withRedirects, bufferedBytes }) => [endpoint, calls, withRedirects, bufferedBytes]),
    [
      ['GET /three', 12, 132, 3_000_000],
      ['GET /token', 2, 12, 1_000_000],
      ['GET /one', 1, 11, 1_000_000],
      ['GET /raw', 1, 11, 0],
    ],
  )
  const names = report.parts.map(({ name }) => name)
  for (const name of ['jose', 'saxes', 'auth/validator', 'run time', 'the plan and code of its own']) assert.ok(names.includes(name), `${name} is not among ${names.join(', ')}`)
  assert.match(describeReport(report), /GET \/raw: 1 subrequest \(11 if all are redirected\), bodies of any size, which are not held$/m)
})
