import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { opaque, parseData, withDoubles } from '../json/data.ts'
import type { JsonObject } from '../types.ts'
import { toYaml } from './yaml.ts'

/** Texts of JSON and goccy's YAML of them. */
const CASES: { readonly [about: string]: readonly [json: string, yaml: string] } = {
  nothing: ['{}', '{}\n'],
  'kinds of values': ['{"t":true,"n":null,"o":{},"l":[],"s":"x"}', 'l: []\n"n": null\no: {}\ns: x\nt: true\n'],
  'objects within objects': ['{"a":{"b":{"c":1}},"d":{"e":"f"}}', 'a:\n  b:\n    c: "1"\nd:\n  e: f\n'],
  'lists stand as deep as their names': ['{"a":{"b":[1,[2,[3],{}],{"c":"d","e":[4]}]}}', 'a:\n  b:\n  - "1"\n  - - "2"\n    - - "3"\n    - {}\n  - c: d\n    e:\n    - "4"\n'],
  'numbers are texts': ['{"a":[1,-1.5,0.10,12345678901234567890,1e400]}', 'a:\n- "1"\n- "-1.5"\n- "0.10"\n- "12345678901234567890"\n- 1e400\n'],
  'names that are no names of YAML': ['{"":1,"true":2,"a: b":3,"-":4,"1":5,"é":6,"__proto__":7}', '"": "1"\n"-": "4"\n"1": "5"\n__proto__: "7"\n"a: b": "3"\n"true": "2"\né: "6"\n'],
  'lines': ['{"a":"x\\ny","b":"x\\n","c":"x\\n\\n","d":"\\nx","e":"\\n"}', 'a: |-\n  x\n  y\nb: |\n  x\nc: |+\n  x\n\nd: |-\n  \n  x\ne: |\n\n'],
  'lines in a list': ['{"a":["x\\n\\ny",{"b":"p\\nq"}]}', 'a:\n- |-\n  x\n\n  y\n- b: |-\n    p\n    q\n'],
  'lines in a list in a list': ['{"a":[["x\\n\\n y"]]}', 'a:\n- - |-\n    x\n\n     y\n'],
  'other line breaks': ['{"a":"x\\r\\ny","b":"x\\ry"}', 'a: |-\r\n  x\r\n  y\nb: |-\r  x\r  y\n'],
  'a name of two lines': ['{"a\\nb":1}', '|-\n  a\n  b: "1"\n'],
  'lines that need quotes': ['{"a":"b: c\\n\\t\\"é\\u0001\\u00a0\\u2028\\u{1F600}"}'.replace('\\u{1F600}', '\u{1F600}'), 'a: "b: c\\n\\t\\"é\\x01\\u00a0\\u2028\u{1F600}"\n'],
}

const QUOTED = ['', '-', '~', 'null', 'Null', 'y', 'NO', 'On', 'off', 'TRUE', '1', '-1', '+1', '.5', '5.', '1.5e3', '1.5e999', '0x1f', '-0xFF', '0o7', '0b1', '017', '1_000', '1__0', '2020-01-02', '2020-01-02 3:04:05.6', '2020-01-02T03:04:05+01:00', '2020-01-02t03:04:05Z', '2024-02-29', '12:30', '1:2', '- a', 'a- b', 'a: b', 'a:', '#', 'a#b', '\\', ' a', 'a ', '*a', '&a', '!a', '|', '>', '%', '@', '`', "'a'", '"a"', '{a', '[a', '}', ']', ',a']
const PLAIN = ['--', '-a', 'a-b', 'a:b', ':a', '?', '? a', '=', '<<', 'a,b', "a'b", 'a"b', '.inf', '.nan', '1e3', '1E+2', '089', '0x', '0b2', '_1', '1.2.3', '1.5e', '.', '+', 'yEs', 'nULL', '2020-02-30', '2023-02-29', '2020-1-2', '2020-01-02T03:04:05', '24:00', '12:60', '12:30:00', 'é', '\u{1f600}', 'a\tb', '\u0001']

void suite('data as YAML', () => {
  for (const [about, [json, yaml]] of Object.entries(CASES)) {
    void test(about, () => assert.equal(toYaml(parseData(json) as JsonObject), yaml))
  }
  void test('texts in quotes', () => {
    for (const value of QUOTED) assert.equal(toYaml({ k: value }), `k: "${value.replace(/["\\]/g, '\\$&')}"\n`)
  })
  void test('texts without quotes', () => {
    for (const value of PLAIN) assert.equal(toYaml({ k: value }), `k: ${value}\n`)
  })
})

const SHORT: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }
const unescape = (_: string, x?: string, u?: string, U?: string, char = ''): string => {
  const hex = x ?? u ?? U
  return hex === undefined ? (SHORT[char] ?? char) : String.fromCodePoint(Number.parseInt(hex, 16))
}

/** Reads the part of YAML 1.2 that is written, by its own rules; plain numbers are texts here, since none is written. */
function readYaml(yaml: string): unknown {
  const lines = yaml.slice(0, -1).split('\n')
  let at = 0
  const scalar = (source: string): unknown => {
    if (source.startsWith('"')) return source.slice(1, -1).replace(/\\(?:x(..)|u(....)|U(.{8})|(.))/g, unescape)
    const words: Record<string, unknown> = { null: null, true: true, false: false, '{}': {}, '[]': [] }
    return Object.hasOwn(words, source) ? words[source] : source
  }
  const literal = (header: string, indent: number): string => {
    const content: string[] = []
    while (at < lines.length && (lines[at]!.trim() === '' || lines[at]!.search(/[^ ]/) >= indent)) content.push(lines[at++]!.slice(indent))
    const text = content.join('\n').replace(/\n*$/, '')
    const breaks = content.join('\n').length - text.length
    if (header === '|-') return text
    return header === '|' ? `${text}\n` : text + '\n'.repeat(breaks + 1)
  }
  const value = (source: string, indent: number): unknown => (/^\|[-+]?$/.test(source) ? literal(source, indent + 2) : scalar(source))
  const block = (indent: number): unknown => (lines[at]!.startsWith('- ', indent) ? list(indent) : object(indent))
  const list = (indent: number): unknown[] => {
    const items: unknown[] = []
    while (at < lines.length && lines[at]!.search(/[^ ]/) === indent && lines[at]!.startsWith('- ', indent)) {
      const rest = lines[at]!.slice(indent + 2)
      if (rest.startsWith('- ') || keyOf(rest)) {
        lines[at] = ' '.repeat(indent + 2) + rest
        items.push(block(indent + 2))
      } else {
        at++
        items.push(value(rest, indent))
      }
    }
    return items
  }
  const object = (indent: number): unknown => {
    const members: [string, unknown][] = []
    while (at < lines.length && lines[at]!.search(/[^ ]/) === indent) {
      const found = keyOf(lines[at]!.slice(indent))
      if (!found) break
      at++
      const key = scalar(found.key)
      const deeper = at < lines.length ? lines[at]!.search(/[^ ]/) : -1
      const inner = deeper > indent ? indent + 2 : indent
      members.push([key === null || typeof key === 'boolean' ? found.key : (key as string), found.rest === '' ? block(inner) : value(found.rest, indent)])
    }
    return Object.fromEntries(members)
  }
  return lines[0] === '{}' ? {} : block(0)
}

/** The name at the beginning of a line, if there is one. */
function keyOf(line: string): { key: string; rest: string } | null {
  const found = /^("(?:[^"\\]|\\.)*"|[^"][^]*?):(?: ([^]*)|$)/.exec(line)
  return found && { key: found[1]!, rest: found[2] ?? '' }
}

const word = fc.oneof(fc.constantFrom(...QUOTED, ...PLAIN), fc.string({ unit: fc.constantFrom('a', ' ', ':', '-', '#', '1', '.', '"', '\\', 'é', '\u{1f600}', '\u0001') }))
/** Of several lines, with blank ones between and at the end. YAML has no way to say that the first line is deeper, and goccy doesn't quote such texts. */
const paragraph = fc.tuple(fc.constantFrom('a', '- b', 'c: d'), fc.array(fc.constantFrom('', 'a', ' b', 'c: d'), { minLength: 1, maxLength: 3 }), fc.constantFrom('', '\n', '\n\n')).map(([first, lines, end]) => [first, ...lines].join('\n') + end)
const { object } = fc.letrec<{ value: unknown; object: JsonObject }>((tie) => ({
  value: fc.oneof({ maxDepth: 5 }, word, paragraph, fc.constantFrom<unknown>(null, true, false), fc.array(tie('value'), { maxLength: 3 }), tie('object')),
  object: fc.uniqueArray(fc.tuple(word, tie('value')), { maxLength: 4, selector: ([key]) => key }).map((members) => Object.fromEntries(members)),
}))

test('what was written is read as it was', () => {
  fc.assert(fc.property(object, (data) => assert.deepEqual(readYaml(toYaml(data)), data)), { numRuns: 2000 })
})

void test('doubles have a point or an exponent', () => assert.equal(toYaml(withDoubles({ a: [1e6, 1, -2.5] }) as JsonObject), 'a:\n- 1e+06\n- 1.0\n- -2.5\n'))

void test('error details are a struct', () => {
  assert.equal(toYaml({ error_d: opaque({ http_status_code: 404, http_body: 'a\nb', http_body_encoding: 'text/plain' }) }), 'error_d:\n  httpresponseerror:\n    http_status_code: 404\n    http_body: |-\n      a\n      b\n    http_body_encoding: text/plain\n')
  assert.equal(toYaml({ error_d: opaque({ http_status_code: 500 }) }), 'error_d:\n  httpresponseerror:\n    http_status_code: 500\n')
})
