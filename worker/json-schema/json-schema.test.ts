/** Schemas, from their text to the verdict on a body: the corners that the specification's own suite leaves out. */
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { compileSchema, SchemaError } from '../../compiler/json-schema/compile.ts'
import { parseData } from '../json/data.ts'
import { checkBody } from './body.ts'
import { compareNumbers, isInteger, isMultiple } from './decimal.ts'
import { canonical, findDuplicates } from './equal.ts'
import { code as formats } from './formats-with-regex.ts'
import { createValidate } from './validate.ts'

/** What return_error_msg shows; null: the body goes on. */
const verdict = (schema: unknown, body: string): string | null => checkBody(new TextEncoder().encode(body), createValidate(compileSchema(schema), formats))?.message ?? null
const DRAFT_7 = 'http://json-schema.org/draft-07/schema#'

suite('numbers', () => {
  test('are compared by all their digits', () => {
    assert.equal(verdict({ maximum: 9007199254740992 }, '9007199254740993'), "- at '': maximum: got 9,007,199,254,740,992, want 9,007,199,254,740,992")
    assert.notEqual(verdict({ maximum: 1e300 }, '1e301'), null)
    assert.equal(verdict({ const: 1 }, '1.00'), null)
    assert.equal(verdict({ enum: [100] }, '1e2'), null)
    assert.equal(verdict({ uniqueItems: true }, '[1, 1.0]'), "- at '': items at 0 and 1 are equal")
    assert.equal(verdict({ uniqueItems: true }, '[9007199254740992, 9007199254740993]'), null)
    assert.equal(verdict({ type: 'integer' }, '1.0e3'), null)
    assert.notEqual(verdict({ type: 'integer' }, '1000000000000000000000000.5'), null)
  })

  test('of hostile length are no work', () => {
    const started = performance.now()
    assert.notEqual(verdict({ multipleOf: 3 }, '1e1000000'), null)
    assert.equal(isMultiple(parseData('0e999999999'), '7'), true)
    assert.equal(isInteger(parseData('1e-999999999999')), false)
    assert.ok(compareNumbers(parseData('1e99999999999999999999'), '5') > 0)
    assert.ok(compareNumbers(parseData('-1e99999999999999999999'), '5') < 0)
    assert.ok(performance.now() - started < 500)
  })

  test('are multiples exactly', () => {
    for (const [number, of, multiple] of [['0.3', '0.1', true], ['0.35', '0.1', false], ['1e3', '0.5', true], ['123456789012345678901234567890', '10', true], ['-4.5', '1.5', true], ['0', '7', true]] as const) assert.equal(isMultiple(parseData(number), of), multiple, number)
  })
})

suite('equal values', () => {
  test('have one canonical text', () => {
    assert.equal(canonical(parseData('{"b":[1.0,"\\u0061"],"a":-0.0}')), canonical(parseData('{"a":0,"b":[1e0,"a"]}')))
    assert.notEqual(canonical(parseData('["1"]')), canonical(parseData('[1]')))
    assert.equal(canonical(parseData('9007199254740991.0')), canonical(9007199254740991))
  })

  test('are found in a long list in one pass', () => {
    const started = performance.now()
    assert.equal(findDuplicates(Array.from({ length: 200_000 }, (_, i) => ({ i }))), null)
    assert.ok(performance.now() - started < 3000)
  })
})

suite('a body', () => {
  test('that is no JSON is told in Go\'s words', () => {
    for (const [body, message] of [['', 'could not validate an empty body'], ['  \n', 'EOF'], ['hello', "invalid character 'h' looking for beginning of value"], ['{"a":', 'unexpected EOF'], ['{} {}', 'invalid character after top-level value'], ['\ufeff{}', "invalid character 'ï' looking for beginning of value"], ['"\n"', "invalid character '\\n' in string literal"]] as const) assert.equal(verdict(true, body), message)
    assert.equal(verdict(true, ' {"a": 1} \n'), null)
    assert.equal(verdict({ properties: { a: { type: 'number' } } }, '{"a":"x","a":1}'), null)
  })

  test('as deep as it likes is refused, not a crash', () => {
    // As deep as the platform's stack goes, and refused beyond.
    assert.match(verdict({ items: { $ref: '#' } }, `${'['.repeat(9999)}${']'.repeat(9999)}`) ?? '', /^$|nested too deeply/)
    assert.equal(verdict(true, `${'['.repeat(20_000)}${']'.repeat(20_000)}`), "invalid character '[' exceeded max depth")
    assert.notEqual(verdict({ const: [] }, `${'['.repeat(9999)}${']'.repeat(9999)}`), null)
  })

  test('with many mistakes gives a message of bounded length', () => {
    assert.ok(verdict({ items: { type: 'string' } }, JSON.stringify(Array<number>(50_000).fill(1)))!.split('\n').length <= 1000)
  })

  test('may have members of any name', () => {
    const schema = { properties: { constructor: { type: 'number' }, ['__proto__']: {} }, additionalProperties: false }
    assert.equal(verdict(schema, '{"constructor": 1}'), null)
    assert.equal(verdict(schema, '{"toString": 1}'), "- at '': additional properties 'toString' not allowed")
    assert.equal(verdict(JSON.parse('{"properties":{"__proto__":{"type":"string"}}}'), '{"__proto__": 1}'), "- at '/__proto__': got number, want string")
  })

  test('may have to be a pattern of Go, up to draft 7', () => {
    const schema = { $schema: DRAFT_7, format: 'regex' }
    for (const body of ['"^a+$"', '"(?P<x>a)"', '""', '1']) assert.equal(verdict(schema, body), null)
    assert.equal(verdict(schema, '"("'), "- at '': '(' is not valid regex: error parsing regexp: missing closing ): `(`")
    assert.notEqual(verdict(schema, '"a(?=b)"'), null)
    assert.equal(verdict({ format: 'regex' }, '"("'), null)
  })

  test('is matched in linear time', () => {
    const started = performance.now()
    assert.notEqual(verdict({ pattern: '^(a+)+$' }, JSON.stringify(`${'a'.repeat(100_000)}!`)), null)
    assert.ok(performance.now() - started < 2000)
  })
})

suite('messages', () => {
  const of = (schema: unknown, body: unknown, message: string): void => assert.equal(verdict(schema, JSON.stringify(body)), message)
  test('are indented below what they explain', () => {
    of({ $ref: '#/$defs/a', $defs: { a: { type: 'object', required: ['x', 'y'], minProperties: 3 } } }, {}, "- at '': validation failed\n  - at '': minProperties: got 0, want 3\n  - at '': missing properties 'x', 'y'")
    of({ properties: { a: { required: ['x'], maxProperties: 0 } }, required: ['b'] }, { a: { z: 1 } }, "- at '': missing property 'b'\n- at '/a': validation failed\n  - at '/a': maxProperties: got 1, want 0\n  - at '/a': missing property 'x'")
    of({ propertyNames: { maxLength: 1 } }, { long: 1 }, "- at '': invalid propertyName 'long'\n  - at '': maxLength: got 4, want 1")
    of({ allOf: [{ type: 'string' }] }, 1, "- at '': 'allOf' failed\n  - at '': got number, want string")
    of({ oneOf: [{ type: 'number' }, { minimum: 0 }] }, 1, "- at '': 'oneOf' failed, subschemas 0, 1 matched")
    of({ contains: { const: 1 }, minContains: 2 }, [1, 2], "- at '': min 2 items required to match contains schema, but matched 1 items at 0\n  - at '/1': value must be 1")
    of({ properties: { 'a/b~c': false } }, { 'a/b~c': 1 }, "- at '/a~1b~0c': false schema")
    of({ const: { a: 1 } }, 1, "- at '': 'const' failed")
    of({ enum: ["it's", null, true] }, 1, "- at '': value must be one of 'it\\'s', <nil>, true")
    of({ $schema: DRAFT_7, format: 'email' }, 'x', "- at '': 'x' is not valid email: missing @")
    of({ $schema: DRAFT_7, items: [true], additionalItems: false }, [1, 2, 3], "- at '': last 2 additionalItem(s) not allowed")
    of({ dependentRequired: { a: ['b', 'c'] } }, { a: 1 }, "- at '': properties 'b', 'c' required, if 'a' exists")
  })
})

const BAD: readonly (readonly [schema: unknown, keys: string])[] = [
  ['type: object', ''],
  [null, ''],
  [{ type: 'objekt' }, 'type'],
  [{ properties: { a: { minLength: -1 } } }, 'properties/a/minLength'],
  [{ properties: { a: { pattern: 'a(?=b)' } } }, 'properties/a/pattern'],
  [{ patternProperties: { '(': {} } }, 'patternProperties/('],
  [{ $schema: 'http://example.org/mine' }, '$schema'],
  [{ $ref: 'http://example.org/other.json' }, '$ref'],
  [{ items: { $ref: '#/$defs/none' } }, 'items/$ref'],
  [{ $ref: '#nowhere' }, '$ref'],
  [{ minimum: 1, exclusiveMinimum: true }, 'exclusiveMinimum'],
  [{ $schema: DRAFT_7, required: 'a' }, 'required'],
  [{ $schema: 'http://json-schema.org/draft-04/schema#', exclusiveMinimum: true }, ''],
  [{ $defs: { a: { $anchor: 'x' }, b: { $anchor: 'x' } } }, '$defs/b'],
]

suite('a schema that means nothing is told where', () => {
  for (const [schema, keys] of BAD) {
    test(JSON.stringify(schema), () => {
      assert.throws(() => compileSchema(schema), (error) => error instanceof SchemaError && error.keys.join('/') === keys)
    })
  }
})
