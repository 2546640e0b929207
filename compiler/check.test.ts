/** Routes that gin could not register beside what KrakenD adds itself (routing/RULES.md §2, §4). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { features } from '../features/index.ts'
import { compile } from './compile.ts'
import { RefusedError } from './diagnostics.ts'
import { readJson } from './load/source.ts'

function refused(router: object, ...endpoints: (readonly [method: string, path: string])[]): string[] {
  const backend = [{ host: ['http://up.internal'], url_pattern: '/' }]
  const config = { version: 3, extra_config: { router }, endpoints: endpoints.map(([method, endpoint]) => ({ method, endpoint, backend })) }
  try {
    compile(readJson('gateway.json', JSON.stringify(config)), features)
    return []
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error
    return error.findings.filter(({ severity }) => severity === 'error').map(({ code }) => code)
  }
}

test('an endpoint on the path of the health endpoint, also where another option is wrong', () => {
  for (const more of [{}, { auto_options: 'yes' }]) {
    assert.deepEqual(refused({ health_path: 'up', ...more }, ['GET', '/up']), ['endpoint-twice'])
    assert.deepEqual(refused({ health_path: 'up', ...more }, ['POST', '/up']), [])
    assert.deepEqual(refused({ health_path: 'up', disable_health: true, ...more }, ['GET', '/up']), [])
  }
})

test('two names for one place of a path: of one method, or of OPTIONS, which auto_options adds', () => {
  assert.deepEqual(refused({}, ['GET', '/a/{x}'], ['GET', '/a/{y}/b']), ['parameter-names'])
  assert.deepEqual(refused({}, ['GET', '/a/{x}'], ['POST', '/a/{y}']), [])
  assert.deepEqual(refused({ auto_options: true }, ['GET', '/a/{x}'], ['POST', '/a/{y}']), ['parameter-names'])
  assert.deepEqual(refused({ auto_options: true }, ['GET', '/a/{x}'], ['POST', '/a/{x}']), [])
})
