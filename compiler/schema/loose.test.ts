/** Types as KrakenD reads them (test/conformance/transform/RULES.md §6). */
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import type { z } from 'zod'
import { duration, flag, integer, keys, listOf, parseDuration, recordOf, text } from './loose.ts'

/** What a schema makes of values; a refused one gives its message. */
function read(schema: z.ZodType, value: unknown): unknown {
  const result = schema.safeParse(value)
  return result.success ? result.data : new Error(result.error.issues.map(({ path, message }) => [...path, message].join(' ')).join('; '))
}
type Table = readonly (readonly [value: unknown, read: unknown])[]

const TABLES: readonly { name: string; schema: z.ZodType; table: Table }[] = [
  {
    name: 'text',
    schema: text(),
    table: [['a', 'a'], ['', ''], [5, '5'], [1.5, '1.5'], [true, '1'], [false, '0'], [1e21, '1000000000000000000000'], [null, undefined], [undefined, undefined], [[], new Error('expected a text, found an empty list')], [{}, new Error('expected a text, found an object')]],
  },
  {
    name: 'integer',
    schema: integer('a port'),
    table: [[8080, 8080], [3.9, 3], [-3.9, -3], ['8080', 8080], ['-5', -5], ['0x1f', 31], ['010', 8], ['1_000', 1000], ['08', new Error('expected a port, found "08"')], ['', 0], [true, 1], [false, 0], [null, undefined], ['8080x', new Error('expected a port, found "8080x"')], ['1.5', new Error('expected a port, found "1.5"')], [[1], new Error('expected a port, found a list')]],
  },
  {
    name: 'flag',
    schema: flag(),
    table: [[true, true], ['true', true], ['T', true], ['1', true], [1, true], [0.5, true], [0, false], ['', false], ['False', false], [null, undefined], ['yes', new Error('expected true or false, found "yes"')], ['tRUE', new Error('expected true or false, found "tRUE"')]],
  },
  {
    name: 'duration',
    schema: duration(),
    table: [['2s', 2000], ['1h30m', 5_400_000], ['-1ms', -1], [2_000_000, 2], [2_000_000.9, 2], ['0', 0], [null, undefined], ['2', new Error('expected a duration such as "2s", "500ms" or "1h30m", found "2"')], ['', new Error('expected a duration such as "2s", "500ms" or "1h30m", found ""')], [true, 1e-6], [false, 0], ['9999999999h', new Error('expected a duration such as "2s", "500ms" or "1h30m", found "9999999999h"')]],
  },
  {
    name: 'list',
    schema: listOf(text()),
    table: [[['a', 1], ['a', '1']], ['a', ['a']], [5, ['5']], [{}, []], [[], []], [null, undefined], [[{}], new Error('0 expected a text, found an object')], [{ a: 1 }, new Error('0 expected a text, found an object')]],
  },
  {
    name: 'record',
    schema: recordOf(text()),
    table: [[{ a: 1 }, { a: '1' }], [[], {}], [null, undefined], ['a', new Error('expected an object, found "a"')], [[1], new Error('expected an object, found a list')], [[{ a: 1, b: 2 }, { a: 3 }], { a: '3', b: '2' }]],
  },
  {
    name: 'keys',
    schema: keys({ url_pattern: text(), sd: text() }),
    table: [
      [{ url_pattern: '/', other: 1 }, { url_pattern: '/' }],
      [{ URL_Pattern: '/' }, { url_pattern: '/' }],
      [{ URL_PATTERN: '/no', url_pattern: '/yes' }, { url_pattern: '/yes' }],
      [{ url_pattern: '/yes', URL_PATTERN: '/no' }, { url_pattern: '/yes' }],
      [[], new Error('expected an object, found an empty list')],
      ['a', new Error('expected an object, found "a"')],
    ],
  },
]

for (const { name, schema, table } of TABLES) {
  suite(name, () => {
    for (const [value, expected] of table) {
      test(JSON.stringify(value) ?? 'nothing', () => assert.deepEqual(read(schema, value), expected))
    }
  })
}

suite('parseDuration', () => {
  const durations: readonly (readonly [text: string, milliseconds: number | null])[] = [
    ['0', 0], ['-0', -0], ['+0', 0], ['1ns', 1e-6], ['1us', 1e-3], ['1µs', 1e-3], ['1μs', 1e-3], ['1ms', 1], ['1s', 1000], ['1m', 60_000], ['1h', 3_600_000],
    ['1.5s', 1500], ['.5s', 500], ['5.s', 5000], ['1h2m3s4ms', 3_723_004], ['+1s', 1000], ['-1.5s', -1500], ['1s1s', 2000], ['2562047h47m16.854775807s', 9_223_372_036_854.775],
    ['', null], ['-', null], ['1', null], ['s', null], ['.s', null], ['1d', null], ['1 s', null], [' 1s', null], ['1s ', null], ['1S', null], ['1e3s', null], ['--1s', null], ['1s-1s', null], ['2562048h', null], ['9999999999h', null],
  ]
  for (const [written, milliseconds] of durations) {
    // KrakenD knows no negative zero.
    test(JSON.stringify(written), () => assert.equal(milliseconds === null ? parseDuration(written) : parseDuration(written)! + 0, milliseconds === null ? null : milliseconds + 0))
  }

  test('adds up what is written one behind the other', () => {
    const part = fc.tuple(fc.nat(1000), fc.constantFrom('ms', 's', 'm', 'h'))
    fc.assert(fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), (parts) => {
      const texts = parts.map(([count, unit]) => `${count}${unit}`)
      assert.equal(parseDuration(texts.join('')), texts.reduce((sum, one) => sum + parseDuration(one)!, 0))
    }))
  })
})
