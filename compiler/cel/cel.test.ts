/** Expressions, from their text to their value, as cel-go evaluates them: security/RULES.md, validation/cel. */
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import * as m from '../../worker/regexp/dynamic.ts'
import * as x from '../../worker/cel/macros.ts'
import * as r from '../../worker/cel/operators.ts'
import type { Value } from '../../worker/cel/values.ts'
import { createVariables, toTime, toValue, type Variables } from '../../worker/cel/variables.ts'
import { parseData } from '../../worker/json/data.ts'
import { compileExpression, type Further } from './compile.ts'
import { MACROS } from './macros.ts'

const FAILS = Symbol('fails')

/** Node may evaluate what Workers may not: the text that the gateway's module would hold. */
function evaluate(source: string, variables: { readonly [name: string]: Value } = {}, further?: Further): Value | typeof FAILS {
  const { text, problems } = compileExpression(source, further)
  assert.notEqual(text, null, `${source}: ${problems.map(({ message }) => message).join()}`)
  // oxlint-disable-next-line no-implied-eval -- what the bundler does with it
  const create = new Function('r', 'm', 'x', `return ${text}`) as (...modules: object[]) => () => (v: Variables) => Value
  try {
    return create(r, m, x)()(createVariables(Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, () => value]))))
  } catch {
    return FAILS
  }
}

const REQUEST = {
  now: '2024-02-29T12:00:00.5Z',
  req_method: 'GET',
  req_params: new Map([['Id', '7']]),
  req_headers: new Map([['X-Key', ['k']], ['Cookie', ['a=1; b="two"; c=1, 2, d=4; e']]]),
  req_querystring: new Map([['tag', ['ab', 'abc']]]),
}
const DATA = toValue(parseData('{"id": 12345678901234567890, "price": 1.50, "none": null, "list": [1, 2], "deep": {"a": "b"}, "__proto__": 1}'), false)

const TRUE: readonly string[] = [
  "req_headers['X-Key'][0] == 'k'",
  "!has(req_headers.Other)",
  "req_querystring.tag.all(t, t.matches('^[a-z]{2,3}$'))",
  "'abc'.matches(req_querystring.tag[0])",
  'int(req_params.Id) % 2 == 1',
  "timestamp(now) > timestamp('2024-02-29T13:00:00+02:00') && timestamp(now).getDayOfYear() == 59",
  "timestamp('2024-07-01T22:30:00Z').getHours('Europe/Berlin') == 0 && timestamp('2024-07-01T22:30:00Z').getHours('-03:30') == 19",
  "string(timestamp(now)) == now && string(duration('1h1.5s')) == '3601.5s'",
  // A side that decides forgives an error on the other.
  "true || resp_completed",
  "resp_completed || true",
  "!(false && resp_completed)",
  "['x', '1'].exists(n, int(n) == 1)",
  "!['x', '1'].all(n, int(n) == 2)",
  // Kinds of numbers stay apart, except where they are compared.
  '1 == 1 && 1 < 1.5 && 2u > 1 && dyn(1) == 1.0 && dyn(1u) == 1',
  '7 / -2 == -3 && 7 % -2 == 1 && -7 % 2 == -1 && 7.0 / 2.0 == 3.5',
  "string(1e21) == '1e+21' && string(1.5) == '1.5' && string(1000000.0) == '1e+06' && string(0.0001) == '0.0001'",
  "int('+5') == 5 && double('.5') == 0.5 && bool('T') && uint('3') == 3u && int(-1.9) == -1",
  "size('😀é') == 2 && size(b'é') == 2 && size(bytes('é')) == 2 && '😀' > '\\uffff'",
  "{'a': 1, 'b': 2}.exists_one(k, k == 'b') && 'a' in {'a': 1} && 1 in [1.0, 2]",
  '[1, 2, 3].filter(n, n > 1).map(n, n * 2) == [4, 6] && [1, 2].map(n, n > 1, n + 1) == [3]',
  "type(1) == int && type(now) == string && type(timestamp(now)) == google.protobuf.Timestamp && type([]) == list",
  '9223372036854775807 - 1 == 9223372036854775806 && 0xff == 255',
  '-9223372036854775808 < 0 && - 9223372036854775808 < 0 && 18446744073709551615u > 0u && 1e308 > 1.0',
  // A comment may end the text, with any quotes.
  "req_method == 'GET' // it's",
  "// (\nreq_method == 'GET' //",
  "'\\a\\u00e9\\x41\\101\\?' != r'\\q' && b'\\xff\\377' == b'\\377\\xff' && br'\\u' == b'\\\\u'",
]
const FALSE: readonly string[] = ["req_method == 'PUT'", "'b' in req_headers", "'1' == '2' || 1 > 2", "dyn('7') == dyn(7)"]
const FAILING: readonly string[] = [
  'req_headers.Missing[0] == \'k\'',
  "int('x') > 0",
  "int('9223372036854775808') > 0",
  '9223372036854775807 + 1 > 0',
  '1 / 0 == 1',
  '0u - 1u == 0u',
  "int(1e19) > 0",
  "timestamp('2024-02-30T00:00:00Z') > timestamp(now)",
  "duration('1d') > duration('1h')",
  "bool('yes')",
  "'a'.matches(req_params.Id + '(')",
  "'a'.matches('a(?=b)')",
  "timestamp(now).getHours('Middle/Earth') == 1",
  '[1][1] == 1',
  'resp_completed && true',
  "dyn(1) + dyn('a') == dyn(2)",
  "dyn('text') ? true : false",
]

suite('an expression', () => {
  for (const source of TRUE) test(`holds: ${source}`, () => assert.equal(evaluate(source, REQUEST), true))
  for (const source of FALSE) test(`does not hold: ${source}`, () => assert.equal(evaluate(source, REQUEST), false))
  for (const source of FAILING) test(`fails: ${source}`, () => assert.equal(evaluate(source, REQUEST), FAILS))

  test('sees numbers of an answer as texts, with all their digits', () => {
    for (const source of ["resp_data.id == '12345678901234567890'", "resp_data.price == '1.50'", 'double(resp_data.price) == 1.5', "'1' in resp_data.list", 'resp_data.none == null && has(resp_data.none)', "resp_data['__proto__'] == '1'", "!has(resp_data.deep.x) && resp_data.deep.a == 'b'", '!has(resp_data.deep.a.b)']) {
      assert.equal(evaluate(source, { resp_data: DATA }), true, source)
    }
    for (const source of ['resp_data.list[0] == 1', 'has(resp_data.missing)']) assert.equal(evaluate(source, { resp_data: DATA }), false, source)
    for (const source of ['resp_data.price > 1.0', 'has(resp_data.missing.x)', 'resp_data.constructor == null']) assert.equal(evaluate(source, { resp_data: DATA }), FAILS, source)
  })

  test('sees numbers of a token as doubles', () => {
    const token = { JWT: toValue(parseData('{"level": 5, "exp": 4102444800, "big": 1.50}'), true) }
    for (const source of ['JWT.level >= 5 && type(JWT.level) == double', 'int(JWT.level) % 2 == 1', 'JWT.big == 1.5', '!has(JWT.banned) || !JWT.banned']) assert.equal(evaluate(source, token), true, source)
  })

  test('sees the time with its milliseconds, and no zeros behind them', () => {
    for (const [ms, text] of [[789, '00.789'], [120, '00.12'], [500, '00.5'], [0, '00']] as const) assert.equal(toTime(Date.UTC(2026, 10, 23, 10, 0, 0, ms)), `2026-11-23T10:00:${text}Z`)
  })

  test('maps a long list in linear time', () => {
    const started = performance.now()
    assert.equal(evaluate("size(req_querystring.tag.map(t, t + 'x')) == 200000", { req_querystring: new Map([['tag', Array<string>(200_000).fill('a')]]) }), true)
    assert.ok(performance.now() - started < 2000)
  })

  test('matches a hostile text in linear time', () => {
    const started = performance.now()
    assert.equal(evaluate("req_method.matches('^(a+)+$')", { req_method: `${'a'.repeat(100_000)}!` }), false)
    assert.equal(evaluate('req_method.matches(now)', { req_method: `${'a'.repeat(20_000)}!`, now: '^(a+)+$' }), false)
    assert.ok(performance.now() - started < 5000)
  })

  test('has further functions where policies ask', () => {
    for (const source of ["hasHeader('x-key') && getHeader('X-KEY') == 'k' && !hasHeader('other') && isEmpty(getHeader('other'))", "hasCookie('a') && getCookie('b') == 'two' && getCookie('c') == '1, 2' && getCookie('d') == '4' && hasCookie('e') && getCookie('e') == '' && !hasCookie('f')", "getQuerystring('tag') == 'ab' && !hasQuerystring('x')", 'between(2, 1, 2) && 2.5.between(2.0, 3.0) && !between(0, 1, 2)']) {
      assert.equal(evaluate(source, REQUEST, MACROS), true, source)
    }
    assert.equal(compileExpression("hasHeader('a')").text, null)
  })
})

const COMPLAINTS: readonly (readonly [source: string, kind: string, message: RegExp])[] = [
  ['req_method ==', 'syntax', /\(at character 12\)$/],
  ["req_path.startsWith('/a'", 'syntax', /^nothing closes \(: expected \) \(at character 20\)$/],
  ["req_path == 'a", 'syntax', /^the text that begins here has no end: expected ' \(at character 13\)$/],
  ["req_path == 'a')", 'syntax', /^nothing is open that \) would close \(at character 16\)$/],
  ["req_path == '(' && ", 'syntax', /at character/],
  ["req_path == ) // '(", 'syntax', /^nothing is open that \) would close \(at character 13\)$/],
  ['req_path == // x', 'syntax', /at character/],
  ['//', 'syntax', /^found end of input .* \(at character 3\)$/],
  ['1 < 9223372036854775808', 'syntax', /^the number is too large \(at character 5\)$/],
  ['-9223372036854775809 < 1', 'syntax', /^the number is too large/],
  ['1u < 18446744073709551616u', 'syntax', /^the number is too large/],
  ['1.0 < 1e400', 'syntax', /^the number is too large/],
  ['has(req_params)', 'syntax', /^has\(\) expects a field, as in has\(a\.b\)/],
  ['true || [1].exists(x.y, true)', 'syntax', /^exists\(\) expects a name first/],
  ["req_path == '\\q'", 'syntax', /^\\q is no escape \(at character 14\)$/],
  ["b'\\u0041' == b'A'", 'syntax', /^\\u is no escape \(at character 3\)$/],
  ["'\\u12' == req_path", 'syntax', /^\\u is no escape/],
  ['has(req_params.a, 1)', 'type', /^undeclared reference to 'has'/],
  ['req_method == 1', 'type', /^found no matching overload for '==' applied to '\(string, int\)' \(at character 11\)$/],
  ['request.method', 'type', /^undeclared reference to 'request' \(at character 1\)$/],
  ['req_method.lowerAscii()', 'type', /^undeclared reference to 'lowerAscii'/],
  ['1 + 1.0 == 2.0', 'type', /applied to '\(int, double\)'/],
  ["req_method ? 1 : 'x'", 'type', /applied to '\(string, int, string\)'/],
  ['JWT == 1', 'type', /applied to '\(map\(string, dyn\), int\)'/],
  ['req_params.all(k, k + 1 == 2)', 'type', /applied to '\(string, int\)'/],
  ['now.all(c, true)', 'type', /cannot be range of a comprehension/],
  ['resp_completed.x', 'type', /^type 'bool' does not support field selection/],
  ['size(req_path)', 'never', /^expected a truth value, found int$/],
  ["req_path.matches('(')", 'never', /\(at character 9\)$/],
  ['Any{}', 'type', /undeclared reference/],
]

suite('what is wrong with an expression is told where it stands', () => {
  for (const [source, kind, message] of COMPLAINTS) {
    test(source, () => {
      const [problem] = compileExpression(source).problems
      assert.equal(problem?.kind, kind)
      assert.match(problem.message, message)
    })
  }

  test('and nothing of what means something', () => {
    for (const source of ['[1, "a"].exists(x, x == 1)', 'resp_data.a.b[0].c == 1', 'resp_data.x + 1 == resp_data.y', '{}.all(k, k == 1)', '[].map(x, x) == [1]']) assert.deepEqual(compileExpression(source).problems, [], source)
  })
})
