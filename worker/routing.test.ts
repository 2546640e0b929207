/** gin's redirects as Go's http.Redirect writes them (routing/RULES.md §3), checked against gin 1.12 with random routes and paths. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGateway } from '../test/gateway.ts'

const gatewayOf = (...paths: string[]) =>
  createGateway({ version: 3, endpoints: paths.map((endpoint) => ({ endpoint, backend: [{ host: ['http://up.internal'], url_pattern: '/' }] })) }, { fetch: () => Promise.resolve(Response.json({})) })

test('a redirect is sent where only the search for spellings finds the path, as gin does: to itself', async () => {
  const { fetch } = await gatewayOf('/{p}/{q}', '/a/{x}/c')
  const answer = await fetch('/a/1?b')
  assert.deepEqual([answer.status, answer.headers.get('location')], [301, '/a/1?b'])
})

test('a Location is cleaned', async () => {
  const { fetch } = await gatewayOf('/users/{id}/posts', '/{a}/{b}')
  for (const [path, location] of [['/users//posts/', '/users/posts'], ['//', '/'], ['//users/7/posts/', '/users/7/posts']] as const) {
    assert.equal((await fetch(path)).headers.get('location'), location, path)
  }
})

test('an empty query stays', async () => {
  const { fetch } = await gatewayOf('/users')
  for (const [path, location] of [['/users/?', '/users?'], ['/USERS?', '/users?'], ['/users/??', '/users??']] as const) {
    assert.equal((await fetch(path)).headers.get('location'), location, path)
  }
})

test('X-Forwarded-Prefix stands before it; without a first slash the whole is below itself', async () => {
  const { fetch } = await gatewayOf('/users')
  for (const [prefix, location] of [['/api', '/api/users'], ['/', '/users'], ['/api//v1<>/../..', '/users'], ['api/', 'api/api/users'], ['$', '/users']] as const) {
    assert.equal((await fetch('/users/', { headers: { 'X-Forwarded-Prefix': prefix } })).headers.get('location'), location, prefix)
  }
})

test('endpoints are registered by their cleaned paths', async () => {
  const { fetch } = await gatewayOf('//x', '/a//b/')
  for (const path of ['/x', '/a/b/']) assert.equal((await fetch(path)).status, 200, path)
  assert.equal((await fetch('//x')).headers.get('location'), '/x')
})

test("a 405 names methods that gin finds by what the search of another method's tree has left", async () => {
  const backend = [{ host: ['http://up.internal'], url_pattern: '/' }]
  const endpoints = ['GET /api/users/login', 'GET /api/users/{id}', 'POST /api/users', 'POST /api/plans'].map((text) => {
    const [method, endpoint] = text.split(' ')
    return { method, endpoint, backend }
  })
  const { fetch } = await createGateway({ version: 3, endpoints }, { fetch: () => Promise.resolve(Response.json({})) })
  assert.equal((await fetch('/api/users/login', { method: 'PUT' })).headers.get('allow'), 'GET, POST')
  assert.equal((await fetch('/api/plans/1', { method: 'PUT' })).status, 404)
})
