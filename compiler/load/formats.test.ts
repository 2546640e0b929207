/** YAML and TOML: values as KrakenD's Go libraries read them, and where each stands. */
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { Path } from '../diagnostics.ts'
import { FormatError } from './document.ts'
import { formatOf, positionAt } from './source.ts'
import { parseToml } from './toml.ts'
import { parseYaml } from './yaml.ts'

const YAML = `# ours
defaults: &defaults
  host: ["http://a"]
Version: 3
endpoints:
  - endpoint: /a
    backend:
      - <<: *defaults
        url_pattern: /b
  - endpoint: /é
    timeout:
`

const TOML = `# ours
version = 3
[extra_config.router]
return_error_msg = true
[[Endpoints]]
endpoint = "/a"
  [[Endpoints.backend]]
  host = ["http://a", "http://b"]
  mapping = { id = "n" }
[[Endpoints]]
endpoint = "/b"
extra_config.proxy.sequential = true
`

const places: readonly (readonly [name: string, parse: typeof parseYaml, text: string, places: readonly (readonly [path: Path, place: string])[]])[] = [
  ['YAML', parseYaml, YAML, [
    [[], '2:1'],
    [['version'], '4:10'],
    [['endpoints'], '6:3'],
    [['endpoints', 0, 'endpoint'], '6:15'],
    [['endpoints', 0, 'backend', 0, 'url_pattern'], '9:22'],
    // Through the alias, where the value is written.
    [['endpoints', 0, 'backend', 0, 'host', 0], '3:10'],
    [['endpoints', 1, 'endpoint'], '10:15'],
    [['endpoints', 1, 'timeout', 'more'], '11:13'],
    [['endpoints', 9], '6:3'],
    [['nothing'], '2:1'],
  ]],
  ['TOML', parseToml, TOML, [
    [['version'], '2:11'],
    [['extra_config'], '3:1'],
    [['extra_config', 'router', 'return_error_msg'], '4:20'],
    [['endpoints', 0], '5:1'],
    [['endpoints', 0, 'backend', 0, 'host', 1], '8:23'],
    [['endpoints', 0, 'backend', 0, 'mapping', 'id'], '9:20'],
    [['endpoints', 1, 'extra_config', 'proxy', 'sequential'], '12:33'],
    [['endpoints', 1, 'backend'], '10:1'],
    [['nothing'], '1:1'],
  ]],
]

for (const [name, parse, text, expected] of places) {
  suite(`${name}: places`, () => {
    for (const [path, place] of expected) {
      test(JSON.stringify(path), () => {
        const { line, column } = positionAt(text, parse(text).offsetOf(path))
        assert.equal(`${line}:${column}`, place)
      })
    }
  })
}

suite('YAML: values', () => {
  const values: readonly (readonly [text: string, value: unknown])[] = [
    ['yes', 'yes'], ['on', 'on'], ['true', true], ['True', true], ['FALSE', false], ['tRUE', 'tRUE'], ['~', null], ['', null], ['Null', null], ['nULL', 'nULL'],
    ['012', 10], ['0o17', 15], ['0x1f', 31], ['0b11', 3], ['-5', -5], ['+5', 5], ['1_000', 1000], ['089', 89], ['1.50', 1.5], ['1e3', 1000], ['.5', 0.5], ['1.', 1], ['-.5e-1', -0.05], ['1.2.3', '1.2.3'], ['0x', '0x'],
    ['"5"', '5'], ["'yes'", 'yes'], ['!!str 5', '5'], ['2s', '2s'],
    ['2024-01-02', '2024-01-02T00:00:00Z'], ['2024-1-2 3:04:05', '2024-01-02T03:04:05Z'], ['2024-01-02T03:04:05.500+02:00', '2024-01-02T03:04:05.5+02:00'], ['2024-02-30', '2024-02-30'],
    ['[a, 1, true]', ['a', 1, true]], ['{1: one, true: b}', { 1: 'one', true: 'b' }], ['|\n  a\n  b\n', 'a\nb\n'], ['>\n  a\n  b\n', 'a b\n'],
  ]
  for (const [text, value] of values) test(text, () => assert.deepEqual((parseYaml(`a: ${text}`).value as { a: unknown }).a, value))

  test('keys of its own go before merged ones, wherever they stand', () => {
    assert.deepEqual((parseYaml('x: &x {a: 1, b: 2}\ny:\n  a: 3\n  <<: *x').value as { y: unknown }).y, { a: 3, b: 2 })
  })

  test('behind a byte order mark', () => assert.deepEqual(parseYaml('\uFEFFa: 1').value, { a: 1 }))

  test('JSON is YAML', () => assert.deepEqual(parseYaml('{"a": [1, {"b": null}]}').value, { a: [1, { b: null }] }))

  test('an anchor that is used by hundreds is fine, one that explodes is not', () => {
    assert.equal((parseYaml(`a: &a {b: 1}\nc: [${'*a, '.repeat(500)}]`).value as { c: unknown[] }).c.length, 500)
    const bomb = `a: &a [x]\n${Array.from('bcdefghi', (name, i) => `${name}: &${name} [${`*${'abcdefgh'[i]},`.repeat(10)}]`).join('\n')}`
    assert.throws(() => parseYaml(bomb), FormatError)
  })
})

test('TOML: values', () => {
  const text = 'a = 1_000\nb = 1.5\nc = 2024-01-02\nd = 2024-01-02T03:04:05Z\ne = """\nx\ny"""\nf = \'\\d\'\ng = [1, [2]]\n"h.i" = true'
  assert.deepEqual(parseToml(text).value, { a: 1000, b: 1.5, c: '2024-01-02', d: '2024-01-02T03:04:05Z', e: 'x\ny', f: String.raw`\d`, g: [1, [2]], 'h.i': true })
})

suite('mistakes', () => {
  const broken: readonly (readonly [parse: typeof parseYaml, text: string, code: string, place: string])[] = [
    [parseYaml, 'version: 3\n  endpoints: []\n', 'not-yaml', '1:10'],
    [parseYaml, 'a: 1\na: 2\n', 'not-yaml', '2:1'],
    [parseYaml, 'a: [1\n', 'not-yaml', '2:1'],
    [parseYaml, 'a: *none\n', 'not-yaml', '1:4'],
    [parseYaml, '', 'not-yaml', '1:1'],
    [parseToml, 'version = 3 endpoints\n', 'not-toml', '1:13'],
    [parseToml, '\uFEFFa = 1\n', 'not-toml', '1:1'],
    [parseToml, 'a = 1\na = 2\n', 'not-toml', '2:1'],
    [parseToml, 'a = ]\n', 'not-toml', '1:5'],
  ]
  for (const [parse, text, code, place] of broken) {
    test(JSON.stringify(text), () => {
      assert.throws(() => parse(text), (error: unknown) => {
        assert.ok(error instanceof FormatError)
        const { line, column } = positionAt(text, error.problems[0]!.offset)
        assert.deepEqual([error.code, `${line}:${column}`], [code, place], error.message)
        return true
      })
    })
  }
})

test('the ending tells the format, in its exact letter case', () => {
  assert.deepEqual(['a.yaml', 'a.yml', 'a.toml', 'a.json', 'a.YAML', 'a.conf', 'yaml'].map(formatOf), ['yaml', 'yaml', 'toml', 'json', 'json', 'json', 'json'])
})
