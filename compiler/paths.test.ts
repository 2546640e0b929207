/** Paths, patterns and hosts (test/conformance/routing/RULES.md §2). */
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { cleanHost, cleanPath, ginPath, isFilledLater, isForbidden, isPlain, parametersOf, placeholdersOf, SERVICE_HOST, splitPattern, templateOf, titled } from './paths.ts'

test('cleanPath gives one slash at the beginning', () => {
  assert.deepEqual(['', '/', 'a', '/a', '//a', '/a/'].map(cleanPath), ['/', '/', '/a', '/a', '//a', '/a/'])
})

test('isForbidden', () => {
  assert.deepEqual(['/a', '/a/*', '/__healthy', '/{x}'].map(isForbidden), [false, false, false, false])
  assert.deepEqual(['/*/a', '/a*b', '/__health', '/__debug/x', '/a/__echo/', 'a'].map(isForbidden), [true, true, true, true, true, true])
})

test('parameters of an endpoint\'s path, and gin\'s spelling of it', () => {
  const gin = (path: string, disableRest = false): string => ginPath(path, parametersOf(path, disableRest))
  assert.deepEqual(parametersOf('/users/{id}/posts/{post-id}', false), ['id', 'post-id'])
  assert.deepEqual(parametersOf('/a{b}/{c.d}', false), [])
  assert.deepEqual(parametersOf('/a{b}/{c.d}', true), ['b', 'c.d'])
  assert.equal(gin('/users/{id}/posts/{post-id}'), '/users/:id/posts/:post-id')
  assert.equal(gin('/a{b}/{c}'), '/a{b}/:c')
  assert.equal(gin('/a{b}', true), '/a:b')
  assert.equal(gin('/a/{b}?q={b}'), '/a/:b?q={b}')
  assert.deepEqual(['//x', '/a//b/', '/a/./{b}', '/a/../b/', '/'].map((path) => gin(path)), ['/x', '/a/b/', '/a/:b', '/b/', '/'])
})

test('titled', () => assert.deepEqual(['id', 'Id', 'resp0_a', ''].map(titled), ['Id', 'Id', 'Resp0_a', '']))

test('placeholders of a pattern, each once', () => {
  assert.deepEqual(placeholdersOf('/a/{id}/{id}?x={y.z}&c={JWT.sub}&n={}'), ['id', 'y.z', 'JWT.sub'])
})

test('isFilledLater', () => {
  assert.deepEqual(['resp0_id', 'resp12_a.b', 'JWT.sub'].map(isFilledLater), [true, true, true])
  assert.deepEqual(['resp0', 'resp_id', 'jwt.sub', 'id', 'JWT.'].map(isFilledLater), [false, false, false, false, false])
})

test('splitPattern keeps the literals around the parameters', () => {
  assert.deepEqual(splitPattern('/a/{id}/b{c}'), ['/a/', ['Id'], '/b', ['C']])
  assert.deepEqual(splitPattern('{id}'), [['Id']])
  assert.deepEqual(splitPattern('/a'), ['/a'])
  assert.deepEqual(splitPattern(''), [''])
})

test('templateOf', () => assert.equal(templateOf('/a/{id}?x={y}'), '/a/{{.Id}}?x={{.Y}}'))

suite('cleanHost', () => {
  const hosts: readonly (readonly [host: string, clean: string | null])[] = [
    ['http://a.internal', 'http://a.internal'],
    ['https://a.internal:8443/', 'https://a.internal:8443'],
    ['a.internal', 'http://a.internal'],
    ['a_b:8080', 'http://a_b:8080'],
    ['10.0.0.1:80', 'http://10.0.0.1:80'],
    ['http://a.internal:8', null],
    ['http://a.internal/path', null],
    ['http://user:pw@a.internal', null],
    ['http://[::1]:8080', null],
    ['', null],
  ]
  for (const [host, clean] of hosts) test(JSON.stringify(host), () => assert.equal(cleanHost(host), clean))
})

test('SERVICE_HOST names a binding', () => {
  assert.equal(SERVICE_HOST.exec('service://USERS_2')?.[1], 'USERS_2')
  for (const host of ['service://a-b', 'service://1a', 'service://a/b', 'http://a']) assert.equal(SERVICE_HOST.test(host), false)
})

suite('isPlain', () => {
  const plain = (host: string, pattern: string): boolean => isPlain([host], splitPattern(pattern))
  test('holds for what Go writes as it stands', () => {
    for (const pattern of ['/', '/a/{id}/b', '/a?x=1&y=é', '/{id}?x=1', "/a'()*[]"]) assert.ok(plain('http://a.internal:8080', pattern), pattern)
    assert.ok(plain('service://a', '/'))
  })
  test('does not for what has to be escaped, or for a parameter in the query', () => {
    for (const pattern of ['/ä', '/a b', '/%41', '/a?x={id}', '/a?x=1#y', '/a\\b', '/a"b']) assert.ok(!plain('http://a.internal', pattern), pattern)
    for (const host of ['http://ä', 'http://a/b?c', 'http://user@a', 'ftp://a']) assert.ok(!plain(host, '/'), host)
  })
})
