import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { reshape } from '../shape/data.ts'
import { concat, dataOf, parseData } from './data.ts'
import { explainJson } from './explain.ts'
import { repair } from './repair.ts'
import { MALFORMED, type Notes, skipSpace, skipValue } from './scan.ts'
import { createShape, type Shape, type Tree } from './shape.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()
const notes = (): Notes => ({ beyondAscii: false, loneSurrogate: false })
const scans = (text: string): boolean => {
  const bytes = encoder.encode(text)
  try {
    return skipSpace(bytes, skipValue(bytes, skipSpace(bytes, 0), notes())) === bytes.length
  } catch (problem) {
    assert.equal(problem, MALFORMED)
    return false
  }
}
const parses = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** JSON texts with what is odd in them: escapes, duplicates, big numbers, blanks, names of Object.prototype. */
const name = fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor', 'é', '\u{1F600}', 'a.b', '', 'x"y', 'back\\slash', '<&>')
const number = fc.constantFrom('0', '-0', '0.0000001', '1.50', '1e400', '12345678901234567890', '1E+2', '-1.0e-7', '9007199254740993', '100', '0.1')
const quoted = fc.oneof(name.map((text) => JSON.stringify(text)), fc.constantFrom('"\\u0061"', '"\\ud83d\\ude00"', '"\\/"', '"\\u2028"'))
const blank = fc.constantFrom('', '', ' ', '\n\t')
const { document } = fc.letrec<{ value: string; object: string; document: string }>((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, number, quoted, fc.constantFrom('true', 'false', 'null', '{}', '[]'), tie('object'), fc.array(tie('value'), { maxLength: 3 }).map((items) => `[${items.join(',')}]`)),
  object: fc.array(fc.tuple(quoted, blank, tie('value'), blank), { maxLength: 5 }).map((members) => `{${members.map(([key, before, value, after]) => `${before}${key}${before}:${after}${value}${after}`).join(',')}}`),
  document: tie('object'),
}))

test('accepts what JSON.parse accepts, and nothing else, also of broken texts', () => {
  fc.assert(fc.property(document, (text) => assert.equal(scans(text), true, text)))
  fc.assert(
    fc.property(document, fc.nat(), fc.constantFrom('', ',', '"', '{', '}', ']', '\\', '0', '-', '.', 'e', 't', '\u0001', ' '), (text, at, put) => {
      const where = text.length ? at % text.length : 0
      for (const broken of [text.slice(0, where) + put + text.slice(where + 1), text.slice(0, where), text.slice(0, where) + put + text.slice(where)]) assert.equal(scans(broken), parses(broken), JSON.stringify(broken))
    }),
    { numRuns: 3000 },
  )
})

test('deep texts are no danger: Go reads 10,000 levels', () => {
  assert.equal(scans('['.repeat(10_000) + ']'.repeat(10_000)), true)
  assert.equal(scans('['.repeat(10_001) + ']'.repeat(10_001)), false)
  assert.equal(scans('{"a":'.repeat(9_999) + '1' + '}'.repeat(9_999)), true)
})

test('data keeps the text of every number', () => {
  fc.assert(
    fc.property(document, (text) => {
      // Writing is JSON.stringify's; names that are there twice count once, so the reference is the parsed text written again.
      const numbers = (json: string): string[] => json.match(/-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?(?=[,}\]\s]|$)/g) ?? []
      const written = JSON.stringify(parseData(text))
      for (const one of numbers(written)) assert.ok(text.includes(one), `${one} of ${written} in ${text}`)
      assert.deepEqual(JSON.parse(written), JSON.parse(text))
    }),
  )
  assert.equal(JSON.stringify(parseData('{"a":1.50,"b":[12345678901234567890,1e400,-0,1.0]}')), '{"a":1.50,"b":[12345678901234567890,1e400,-0,1.0]}')
})

test('escaped names stay what they are, whatever V8 has seen before', () => {
  for (let i = 0; i < 3; i++) for (const seen of [String.raw`"\\"`, String.raw`"ab\\"`, String.raw`"q\\n"`]) parseData(`{"q":1,${seen}:2}`)
  assert.deepEqual(parseData(String.raw`{"q":1,"\u0062":"\"\u0063\":"}`), { q: 1, b: '"c":' })
  assert.deepEqual(parseData(String.raw`{"q":1,"\u00e9" : "\u0062"}`), { q: 1, é: 'b' })
  assert.deepEqual(parseData(String.raw`[{"q":1,"ab\n":{"q":1,"\n":2}},{"q":1,"q\n3":3,"\"":[{"q":1,"ab\u0001":4}]}]`), [{ q: 1, 'ab\n': { q: 1, '\n': 2 } }, { q: 1, 'q\n3': 3, '"': [{ q: 1, 'ab\u0001': 4 }] }])
  assert.equal(JSON.stringify(parseData(String.raw`{"q":1.50,"ab\n":2.50}`)), String.raw`{"q":1.50,"ab\n":2.50}`)
  assert.equal(JSON.stringify(parseData(String.raw`{"a":1,"\u0061":2,"__proto\u005f_":3,"\udc000":4}`)), String.raw`{"a":2,"__proto__":3,"\udc000":4}`)
  assert.equal(JSON.stringify(parseData(String.raw`{"a":1,"\u0061":2,"a":3,"\n":4,"\u000a":5,"\n":6}`)), String.raw`{"a":3,"\n":6}`)
  assert.equal((parseData(`{"a\\n":"${String.raw`\n`.repeat(3e6)}"}`) as { 'a\n': string })['a\n'].length, 3e6)
})

test('however deep a filter looks, the limit is that of the text', () => {
  const shape: Shape = { target: [], keep: null, drop: [['a', [['a', [['x', null]]]]]], rename: [], group: null, keys: false }
  for (const filters of [shape, { ...shape, drop: [['x', null]] as Tree }, { ...shape, drop: null, keep: [['a', null]] as Tree }, { ...shape, target: ['a', 'a'] }, { ...shape, drop: null, rename: [['a', 'b']] as const }, { ...shape, drop: null, keys: true }]) {
    for (const [open, close] of [['{"a":', '}'], ['[', ']']] as const) {
      const nested = (depth: number): Uint8Array<ArrayBuffer> => encoder.encode(`{"a":${open.repeat(depth - 1)}1${close.repeat(depth - 1)}}`)
      assert.doesNotThrow(() => createShape(filters)(nested(10_000), 0, notes()))
      assert.throws(() => createShape(filters)(nested(10_001), 0, notes()), (problem) => problem === MALFORMED, JSON.stringify(filters))
    }
  }
})

const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.uniqueArray(fc.tuple(name, fc.option(tie('tree'), { depthSize: 'small', maxDepth: 2 })), { selector: (entry) => entry[0], minLength: 1, maxLength: 3 }) as fc.Arbitrary<Tree>,
}))
const shapes: fc.Arbitrary<Shape> = fc.record({
  target: fc.array(name, { maxLength: 2 }),
  keep: fc.option(tree),
  drop: fc.option(tree),
  rename: fc.uniqueArray(fc.tuple(name, name), { selector: ([from]) => from, maxLength: 1 }),
  group: fc.option(name),
  keys: fc.boolean(),
}).map((shape) => (shape.keep ? { ...shape, drop: null } : shape))

test('the program over bytes gives what the filters give over parsed data', () => {
  fc.assert(
    fc.property(document, shapes, (text, shape) => {
      const bytes = encoder.encode(text)
      const body = createShape(shape)(bytes, skipSpace(bytes, 0), notes())
      const written = decoder.decode(concat(body.pieces))
      const expected = reshape(parseData(text) as Record<string, unknown>, { ...shape, flatmap: null })
      assert.deepEqual(parseData(written), parseData(JSON.stringify(expected)), `${text} → ${written}`)
      assert.equal(body.members > 0, Object.keys(expected!).length > 0, written)
      if (body.keys && shape.group === null) assert.deepEqual(new Set(body.keys), new Set(Object.keys(expected!)))
    }),
    { numRuns: 5000 },
  )
})

test('what is left of a text is the text itself', () => {
  const shape = createShape({ target: [], keep: null, drop: [['b', null]], rename: [], group: null, keys: false })
  const bytes = encoder.encode('{ "a" : 1.50 , "b":[1,2], "c":"\\u00e9" } trailing')
  assert.equal(decoder.decode(concat(shape(bytes, 0, notes()).pieces)), '{ "a" : 1.50,"c":"\\u00e9" }')
})

test('invalid UTF-8 and lone surrogates are read as Go reads them: U+FFFD, one a byte', () => {
  const broken = Uint8Array.from([...encoder.encode('{"a":"'), 0xe2, 0x82, ...encoder.encode('","b":"\\ud800x"}')])
  const seen = notes()
  skipValue(broken, 0, seen)
  assert.deepEqual(seen, { beyondAscii: true, loneSurrogate: true })
  assert.equal(decoder.decode(repair(broken, seen)!), '{"a":"\ufffd\ufffd","b":"\ufffdx"}')
  fc.assert(
    fc.property(document, (text) => {
      const found = notes()
      skipValue(encoder.encode(text), 0, found)
      assert.equal(repair(encoder.encode(text), found), null)
    }),
  )
})

test("messages are Go's", () => {
  const cases: readonly (readonly [string, string])[] = [
    ['', 'EOF'],
    [' \n', 'EOF'],
    ['{"a":', 'unexpected EOF'],
    ['<html>', "invalid character '<' looking for beginning of value"],
    ['{a:1}', "invalid character 'a' looking for beginning of object key string"],
    ['{"a" 1}', "invalid character '1' after object key"],
    ['{"a":1 "b"}', `invalid character '"' after object key:value pair`],
    ['[1 2]', "invalid character '2' after array element"],
    ['tru3', "invalid character '3' in literal true (expecting 'e')"],
    ['"\\q"', "invalid character 'q' in string escape code"],
    ["'x'", "invalid character '\\'' looking for beginning of value"],
    ['-x', "invalid character 'x' in numeric literal"],
    ['1.x', "invalid character 'x' after decimal point in numeric literal"],
    ['[1]', 'json: cannot unmarshal array into Go value of type map[string]interface {}'],
    ['"x"', 'json: cannot unmarshal string into Go value of type map[string]interface {}'],
  ]
  for (const [text, message] of cases) assert.equal(explainJson(encoder.encode(text), false), message, text)
  assert.equal(explainJson(encoder.encode('{}'), true), 'json: cannot unmarshal object into Go value of type []interface {}')
})

test('no-op bodies have no data', () => assert.deepEqual(dataOf({ kind: 'raw', response: new Response('x') }), {}))
