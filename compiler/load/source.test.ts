import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { readJson, UnreadableError } from './source.ts'

const TEXT = `{
  "version": 3,
  "Endpoints": [
    { "endpoint": "/é", "backend": [] },
    { "endpoint": "/b", "endpoint": "/c" }
  ]
}`

suite('locate', () => {
  const places: readonly (readonly [path: readonly (string | number)[], line: number, column: number])[] = [
    [[], 1, 1],
    [['version'], 2, 14],
    [['endpoints'], 3, 16],
    [['endpoints', 0, 'endpoint'], 4, 19],
    [['endpoints', 0, 'backend'], 4, 36],
    // What is not there is looked for around it.
    [['endpoints', 0, 'backend', 3, 'host'], 4, 36],
    [['endpoints', 7], 3, 16],
    [['nothing', 'at', 'all'], 1, 1],
    // Of equal keys the last counts.
    [['endpoints', 1, 'endpoint'], 5, 37],
  ]
  for (const [path, line, column] of places) {
    test(JSON.stringify(path), () => assert.deepEqual(readJson('a.json', TEXT).locate(path), { line, column }))
  }

  test('prefers a key as it is written to one in another letter case', () => {
    assert.deepEqual(readJson('a.json', '{"Host": 1, "host": 2, "HOST": 3}').locate(['host']), { line: 1, column: 21 })
  })
})

suite('readJson', () => {
  test('gives what the file holds, by its name', () => {
    const { file, text, value } = readJson('a.json', '[1, {"a": null}]')
    assert.deepEqual({ file, text, value }, { file: 'a.json', text: '[1, {"a": null}]', value: [1, { a: null }] })
  })

  const broken: readonly (readonly [text: string, places: readonly string[], message: RegExp])[] = [
    ['', ['1:1'], /the file is empty/],
    ['{"a": 1,}', ['1:8'], /^JSON has no comma before a closing bracket$/],
    ['[1, 2,]', ['1:6'], /^JSON has no comma before a closing bracket$/],
    ['{\n// c\n"a": 1}', ['2:1'], /comments are no JSON/],
    ['{"a" 1}', ['1:6'], /expected a colon/],
    ["{'a': 1}", ['1:2'], /double quotes/],
    ['{"a": tru}', ['1:7'], /expected a JSON value/],
    ['{"a": 01}', ['1:8'], /expected a comma/],
    ['{"a": "x\ny"}', ['1:7'], /./],
    ['{"a": "\\x"}', ['1:7'], /expected one of/],
    ['{} {}', ['1:4'], /expected the end of the file/],
    ['{\n  {{/* a */}}\n "a": {{ .b }} }', ['2:3'], /^expected JSON, found a template: with FC_ENABLE=1/],
    ['{"a": {{ .b }} }', ['1:8'], /^expected JSON, found a template/],
    ['{"a": "{{ .b }}",}', ['1:17'], /^JSON has no comma/],
    ['\uFEFF{}', ['1:1'], /^expected UTF-8 without a byte order mark/],
    ['\uFFFD\uFFFD{\0}\0', ['1:1'], /^expected UTF-8 without a byte order mark/],
  ]
  for (const [text, places, message] of broken) {
    test(`refuses ${JSON.stringify(text)}`, () => {
      assert.throws(() => readJson('a.json', text), (error: UnreadableError) => {
        assert.ok(error instanceof UnreadableError)
        assert.deepEqual(error.positions.slice(0, 1).map(({ line, column }) => `${line}:${column}`), places)
        assert.match(error.findings[0]!.message, message)
        assert.ok(error.findings.every(({ severity, code }) => severity === 'error' && code === 'not-json'))
        return true
      })
    })
  }

  test('tells one mistake once, and each comma that is too many', () => {
    assert.throws(() => readJson('a.json', '{\n "a": [{"b": 1,},],\n}'), ({ positions }: UnreadableError) => {
      assert.deepEqual(positions.map(({ line, column }) => `${line}:${column}`), ['2:15', '2:17', '2:19'])
      return true
    })
  })

  test('warns of keys that stand more than once in an object: the last counts', () => {
    const { value, warnings, locate } = readJson('a.json', '{"a": 1, "b": [{"c": {}, "d": 1, "c": 2, "\\u0063": 3}, {"c": 4}],\n "a": {"a": 5}}')
    assert.deepEqual(value, { a: { a: 5 }, b: [{ c: 3, d: 1 }, { c: 4 }] })
    assert.deepEqual(warnings.map(({ severity, code, path, message }) => [severity, code, path, message.match(/a\.json:\d+:\d+/g), locate(path).column]), [
      ['warning', 'repeated-key', ['b', 0, 'c'], ['a.json:1:17', 'a.json:1:34'], 52],
      ['warning', 'repeated-key', ['a'], ['a.json:1:2'], 7],
    ])
  })

  test('tells many mistakes, but not hundreds', () => {
    assert.throws(() => readJson('a.json', `[${'tru,'.repeat(100)}1]`), ({ findings, positions }: UnreadableError) => findings.length === 20 && positions.length === 20)
  })
})
