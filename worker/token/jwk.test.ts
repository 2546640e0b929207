/** Key sets as go-jose reads them: what is wrong with one key spoils all (jwk.go, UnmarshalJSON). */
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { createIssuer } from '../../test/issuer.ts'
import { parseKeySet } from './jwk.ts'

const { keys } = createIssuer()
const read = (...set: unknown[]): number => parseKeySet(JSON.stringify({ keys: set })).length
const ec = keys['P-256']!

suite('a set with this key is refused:', () => {
  const bad: readonly (readonly [name: string, key: unknown])[] = [
    ['null', null], ['a list', []], ['no kty', { kid: 'a' }], ['an unknown kty', { kty: 'XYZ' }], ['a name of every object', { kty: 'constructor' }],
    ['a kid that is no text', { ...keys.rsa, kid: 1 }], ['use', { ...keys.rsa, use: ['sig'] }], ['alg', { ...keys.rsa, alg: 256 }], ['x5u', { ...keys.rsa, x5u: {} }],
    ['an x5c that is no list', { ...keys.rsa, x5c: 'MII' }], ['an x5t of another length', { ...keys.rsa, x5t: 'AAAA' }], ['an x5t#S256 that is no base64url', { ...keys.rsa, 'x5t#S256': '!' }],
    ['n that is no base64url', { ...keys.rsa, n: 'a b' }], ['no e', { ...keys.rsa, e: undefined }], ['a foreign member that is no text', { ...keys.rsa, x: 1 }],
    ['d without p', { ...keys.rsa, d: 'AQAB' }],
    ['an unknown curve', { ...ec, crv: 'P-224' }], ['a short x', { ...ec, x: ec.x!.slice(2) }], ['a short d', { ...ec, d: 'AQAB' }],
    ['another curve of OKP', { ...keys.ed, crv: 'X25519' }], ['no x', { ...keys.ed, x: null }], ['no k', { kty: 'oct' }],
  ]
  for (const [name, key] of bad) test(name, () => assert.throws(() => read(keys.rsa, key), /not usable/))
})

test('keys of every kind, with what belongs to them', () => {
  assert.equal(read(...Object.values(keys)), 6)
  const sha1 = Buffer.alloc(20, 1)
  assert.equal(read({ ...keys.rsa, use: 'sig', alg: 'RS256', key_ops: 5, x5t: sha1.toString('base64url'), x5c: ['MII='] }, { ...keys.rsa, x5t: Buffer.from(sha1.toString('hex')).toString('base64url'), x: null, use: null }), 2)
  assert.equal(read({ kty: 'oct', k: '' }, { ...keys.oct, k: `${keys.oct!.k}==` }), 2)
})

test('a byte order mark, and a set without keys', () => {
  for (const text of [`\ufeff${JSON.stringify({ keys: [ec] })}`, '{"keys": []}', '[]', 'null', '{}']) assert.throws(() => parseKeySet(text))
})
