import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { badEscape, byBytes, encodeQuery, escapePath, parseAddress, parseQuery, unescape } from './url.ts'

test('escapes are undone as bytes: what is no UTF-8 survives', () => {
  assert.equal(unescape('/us%65rs/%C3%A9'), '/users/é')
  assert.equal(unescape('/a%zz'), null)
  assert.equal(unescape('100%'), null)
  assert.equal(escapePath(unescape('/x/%FF%C3')!), '/x/%FF%C3')
})

test('of a malformed escape three bytes are quoted, as Go quotes', () => {
  for (const [text, quoted] of [['a%zzb', '"%zz"'], ['100%', '"%"'], ['%éx', '"%é"'], ['%x😀', String.raw`"%x\xf0"`], ['%"\udcff', String.raw`"%\"\xff"`]] as const) assert.equal(badEscape(text), quoted)
})

test('any bytes go through a query unchanged', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 12 }), (bytes) => {
      const text = [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0').toUpperCase()}`).join('')
      const again = encodeQuery(parseQuery(`a=${text}`)).slice(2).replaceAll('+', '%20')
      const decoded = again.match(/%..|./g)!.map((part) => (part.length === 3 ? Number.parseInt(part.slice(1), 16) : part.charCodeAt(0)))
      assert.deepEqual(decoded, [...bytes])
    }),
  )
})

test("a query is read as Go reads it and written as Go writes it", () => {
  assert.equal(encodeQuery(parseQuery('b=1&a=2&b=0')), 'a=2&b=1&b=0')
  assert.equal(encodeQuery(parseQuery('a=%zz&b=2&%=3&c=%4')), 'b=2')
  assert.equal(encodeQuery(parseQuery('a;b=1&c=2;3&d=x+y%20z&e')), 'd=x+y+z&e=')
  assert.equal(encodeQuery(parseQuery("a=~-_.!*'()")), 'a=~-_.%21%2A%27%28%29')
  assert.equal(encodeQuery(parseQuery('__proto__=1&constructor=2')), '__proto__=1&constructor=2')
})

test('addresses: valid paths stay, others are written anew, queries stay as they are', () => {
  const to = (text: string): string | null => parseAddress(`http://h${text}`)
  assert.equal(to("/a!'()*[x]"), "http://h/a!'()*[x]")
  assert.equal(to("/a! b'"), 'http://h/a%21%20b%27')
  assert.equal(to('/a%2Fb/%7Ec'), 'http://h/a%2Fb/%7Ec')
  assert.equal(to('/é/"c"'), 'http://h/%C3%A9/%22c%22')
  assert.equal(to('/x?q=a|b&d=%zz;f#gone'), 'http://h/x?q=a|b&d=%zz;f')
  assert.equal(to('/x#\t'), 'http://h/x')
  assert.equal(to('/x#%zz'), null)
  assert.equal(to('/a%zz'), null)
  assert.equal(to('/a\nb'), null)
  assert.equal(parseAddress('http://h?k=/y'), 'http://h/?k=/y')
})

test('names sort by their bytes', () => {
  fc.assert(fc.property(fc.array(fc.string({ unit: 'binary' })), (names) => assert.deepEqual(names.toSorted(byBytes), names.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))))))
})
