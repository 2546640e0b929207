/** Claims: as texts, as Go writes them; as times, roles and scopes. */
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { claimText, goText } from './claim-text.ts'
import { areValid, claimAt, hasRole, hasScopes } from './claims.ts'
import { createRecent } from './recent.ts'

suite('claims as texts', () => {
  for (const [value, text] of [
    ['ana', 'ana'], ['', ''], [7, '7'], [-3, '-3'], [0, '0'], [1.5, '1.500000'], [1e21, '1000000000000000000000'], [2.0000001, '2'], [0.1234567, '0.123457'],
    [0.0078125, '0.007812'], [0.0234375, '0.023438'], [-2.0078125, '-2.007812'], [0.0078126, '0.007813'], [0.1234565, '0.123456'],
    [true, 'true'], [null, 'null'], [[], ''], [['a', 'b'], 'a,b'], [[1, [2, 'x'], { b: 1, a: [] }, null, 1.5], '1,[2 x],map[a:[] b:1],<nil>,1.5'],
    [{ b: '<&>', a: 1 }, '{"a":1,"b":"\\u003c\\u0026\\u003e"}'],
  ] as const) test(JSON.stringify(value), () => assert.equal(claimText(value), text))

  test('numbers in lists have Go\'s shortest form', () => {
    assert.deepEqual([0.0001, 0.00001, 123456, 1e6, 1234567.5, 1e21, 1.5e-7].map(goText), ['0.0001', '1e-05', '123456', '1e+06', '1.2345675e+06', '1e+21', '1.5e-07'])
  })
})

suite('claims that hold', () => {
  const expected = { issuer: null, audience: [], leewayMs: 1000 }
  const at = 1_700_000_000_000
  const seconds = at / 1000

  test('a second of leeway at least, either way', () => {
    assert.ok(areValid({ exp: seconds - 1, nbf: seconds + 1, iat: seconds + 1 }, expected, at))
    for (const late of [{ exp: seconds - 2 }, { nbf: seconds + 2 }, { iat: seconds + 2 }]) assert.ok(!areValid(late, expected, at))
  })

  test('names are texts wherever they stand', () => {
    for (const wrong of [{ iss: 1 }, { sub: {} }, { jti: [] }, { aud: 1 }, { aud: ['a', 1] }, { exp: '1' }, { exp: Number.POSITIVE_INFINITY }]) assert.ok(!areValid(wrong, expected, at), JSON.stringify(wrong))
    assert.ok(areValid({ iss: 'a', sub: 'b', jti: 'c', aud: ['d'], exp: null }, expected, at))
  })

  test('every audience that is wanted', () => {
    const wants = { ...expected, audience: ['a', 'b'] }
    assert.ok(areValid({ aud: ['b', 'c', 'a'] }, wants, at))
    for (const aud of ['a', ['a'], undefined]) assert.ok(!areValid({ aud }, wants, at))
  })

  test('roles and scopes, nested and as text', () => {
    assert.ok(hasRole(claimAt({ a: { b: ['x', 'y'] } }, ['a', 'b']), ['y']))
    assert.ok(hasRole('x y', ['y']) && !hasRole('x  y', ['x  y']) && !hasRole(undefined, ['y']) && !hasRole({ y: true }, ['y']))
    assert.ok(hasScopes('a b', { names: ['a', 'b'], all: true }) && !hasScopes(['a'], { names: ['a', 'b'], all: true }) && hasScopes(['a'], { names: ['a', 'b'], all: false }))
    assert.throws(() => hasRole([1, 'y'], ['y']))
    assert.throws(() => hasScopes(['y', 1], { names: ['y'], all: false }))
  })

  test('a path does not leave own members', () => {
    for (const path of [['constructor'], ['__proto__', 'toString'], ['a', 'length']]) assert.equal(claimAt({ a: 'text' }, path), undefined)
  })
})

suite('what is remembered', () => {
  test('is bounded: of a million keys the latest are left', () => {
    const recent = createRecent<number>(1000)
    for (let i = 0; i < 1_000_000; i++) recent.set(`key ${i}`, i)
    const left = Array.from({ length: 1_000_000 }, (_, i) => i).filter((i) => recent.get(`key ${i}`) !== undefined)
    assert.ok(left.length >= 1000 && left.length <= 2000, String(left.length))
    assert.equal(recent.get('key 999999'), 999_999)
  })

  test('by weight, and what is asked for again stays', () => {
    const recent = createRecent<number>(100, (key) => key.length)
    recent.set('a', 1)
    for (let i = 0; i < 50; i++) {
      recent.set(`${i}`.padEnd(40), i)
      assert.equal(recent.get('a'), 1)
    }
    assert.equal(recent.get('0'.padEnd(40)), undefined)
  })
})
