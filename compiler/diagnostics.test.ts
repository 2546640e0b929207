import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { createReport, formatPath, nearest, show } from './diagnostics.ts'

const KEYS = ['endpoint', 'method', 'output_encoding', 'timeout', 'cache_ttl', 'host', 'allow', 'deny']

suite('nearest', () => {
  const found: readonly (readonly [written: string, meant: string | undefined])[] = [
    ['endpont', 'endpoint'],
    ['endpiont', 'endpoint'],
    ['Timeout', 'timeout'],
    ['output_encodng', 'output_encoding'],
    ['outputEncoding', 'output_encoding'],
    ['alow', 'allow'],
    ['dney', 'deny'],
    ['hots', 'host'],
    ['cachettl', 'cache_ttl'],
    ['backend', undefined],
    ['x', undefined],
    ['', undefined],
  ]
  for (const [written, meant] of found) {
    test(`${JSON.stringify(written)} is ${meant ?? 'nothing that is known'}`, () => assert.equal(nearest(written, KEYS), meant))
  }

  test('does not take words that both have for a likeness', () => {
    assert.equal(nearest('disable_rest', ['disable_health', 'disable_gzip']), undefined)
    assert.equal(nearest('security/foo', ['security/cors']), undefined)
    assert.equal(nearest('GET', ['PUT']), undefined)
  })

  test('finds what is left out, abbreviated or in another number', () => {
    assert.equal(nearest('disable_redirect_trailing', ['disable_redirect_fixed_path', 'disable_redirect_trailing_slash']), 'disable_redirect_trailing_slash')
    assert.equal(nearest('return_error_message', ['return_error_code', 'return_error_msg']), 'return_error_msg')
    assert.equal(nearest('security/policy', ['security/http', 'security/policies']), 'security/policies')
    assert.equal(nearest('disable_res', ['disable_tls', 'disable_rest']), 'disable_rest')
  })

  test('is never what was written, and one that is', () => {
    assert.equal(nearest('host', ['host']), undefined)
    assert.equal(nearest('host', ['host', 'hosts']), 'hosts')
  })

  test('prefers the closer one', () => assert.equal(nearest('urlpattern', ['url_patterns', 'url_pattern']), 'url_pattern'))

  test('finds a word of five letters and more with one letter changed', () => {
    fc.assert(fc.property(fc.string({ minLength: 5, maxLength: 20, unit: fc.constantFrom('a', 'b', 'c', 'd', 'e') }), fc.nat(), (word, at) => {
      const index = at % word.length
      assert.equal(nearest(`${word.slice(0, index)}z${word.slice(index + 1)}`, [word]), word)
    }))
  })
})

suite('formatPath', () => {
  const paths: readonly (readonly [path: readonly (string | number)[], text: string])[] = [
    [[], '(the whole file)'],
    [['version'], 'version'],
    [['endpoints', 3, 'backend', 0, 'url_pattern'], 'endpoints[3].backend[0].url_pattern'],
    [['extra_config', 'auth/validator', 'alg'], 'extra_config["auth/validator"].alg'],
    [['$schema'], '$schema'],
    [['a key', 0], '["a key"][0]'],
  ]
  for (const [path, text] of paths) test(text, () => assert.equal(formatPath(path), text))
})

test('show quotes values briefly', () => {
  assert.deepEqual([undefined, null, 'a', 5, true, [], [1], {}].map(show), ['nothing', 'null', '"a"', '5', 'true', 'an empty list', 'a list', 'an object'])
  assert.equal(show('x'.repeat(100)).length, 58)
})

test('a report keeps all findings in order, without empty members', () => {
  const report = createReport()
  report.error(['a'], 'one', 'first')
  report.warn(['b'], 'two', 'second', { suggestion: 'c', opensDoor: true })
  report.error(['a'], 'one', 'third', 'd')
  assert.deepEqual(report.findings, [
    { severity: 'error', code: 'one', path: ['a'], message: 'first' },
    { severity: 'warning', code: 'two', path: ['b'], message: 'second', suggestion: 'c', opensDoor: true },
    { severity: 'error', code: 'one', path: ['a'], message: 'third', suggestion: 'd' },
  ])
})
