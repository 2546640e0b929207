/** Routes of a zone, for one Worker and for several. */
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { hostsOf } from '../normalise/edge.ts'
import type { PlannedEndpoint } from '../plan.ts'
import { placeOnEdge } from './edge.ts'
import { beginningsOf, type Part, routesOf, splitBeginnings } from './routes.ts'

suite('patterns', () => {
  test('end with a star, where a path varies or ends', () => {
    assert.deepEqual(beginningsOf(['/users/:id/orders', '/__health', '/a b/ä', '/__debug/*param']), ['/__debug/', '/__health', '/a%20b/%C3%A4', '/users/'])
  })

  test('those that another covers are left out', () => {
    assert.deepEqual(beginningsOf(['/users', '/users/:id', '/users/me', '/userland']), ['/userland', '/users'])
    assert.deepEqual(beginningsOf(['/:any', '/users']), ['/'])
  })

  test('more than Cloudflare takes are cut shorter', () => {
    const many = Array.from({ length: 3000 }, (_, i) => `/v${i % 3}/things/${i}/:id`)
    assert.deepEqual(beginningsOf(many), ['/v0/things/', '/v1/things/', '/v2/things/'])
    assert.deepEqual(beginningsOf(Array.from({ length: 3000 }, (_, i) => `/${i}x`)), ['/'])
  })

  test('of hosts in the zone, and in others', () => {
    assert.deepEqual(routesOf(['/a'], hostsOf('example.com', [])), [{ pattern: 'example.com/a*', zone_name: 'example.com' }])
    assert.deepEqual(routesOf(['/a'], hostsOf('example.com', ['api.example.com', 'badexample.com'])), [{ pattern: 'api.example.com/a*', zone_name: 'example.com' }, 'badexample.com/a*'])
    assert.deepEqual(routesOf(['/a'], hostsOf(null, ['one.org', 'two.org'])), ['one.org/a*', 'two.org/a*'])
  })
})

suite('several Workers', () => {
  const endpoint = (path: string, method = 'GET'): PlannedEndpoint => ({ method, path, written: path, handler: { outside: false, stages: [], respond: ['x', {}], proxy: null } })
  const split = (parts: { readonly [name: string]: readonly string[] }): string[][] => splitBeginnings(Object.entries(parts).map(([name, paths]): Part => ({ name, endpoints: paths.map((path) => endpoint(path)) })))

  test('each has its own beginnings', () => {
    assert.deepEqual(split({ users: ['/users', '/users/:id'], orders: ['/orders/:id', '/orders/:id/items'] }), [['/users'], ['/orders/']])
    assert.deepEqual(split({ users: ['/users', '/users/:id'], old: ['/users-old/:id'] }), [['/users'], ['/users-old/']])
  })

  test('one within another\'s, where no path of that one could begin so', () => {
    assert.deepEqual(split({ users: ['/users/:id'], admin: ['/users/all/admins/:id'] }), [['/users/'], ['/users/all/admins/']])
  })

  test('one that lies behind another part\'s is kept', () => {
    assert.deepEqual(split({ a: ['/x/:id', '/x/y/z/q/r'], b: ['/x/y/z/:p'] }).map((texts) => texts.join(' ')), ['/x/ /x/y/z/q/r', '/x/y/z/'])
  })

  for (const [why, parts] of Object.entries({
    'the same beginning': { users: ['/users/:id'], orders: ['/users/:id/orders'] },
    'a parameter that could be the other\'s path': { users: ['/users/:id'], me: ['/users/me'] },
    'a parameter at the top': { root: ['/:page'], users: ['/users'] },
    'what Cloudflare mistakes for it': { one: ['/users/:id'], all: ['/users'] },
  })) {
    test(`refused: ${why}`, () => assert.throws(() => split(parts as never), /--split: requests for GET .* could go to the group \w+, whose route is .*: put both into one group with "cuttle\/group"/))
  }
})

suite('in the configuration of wrangler', () => {
  const place = { part: null, consumes: true, env: null, routes: ['example.com/a*'], cpuMs: null, subrequests: null }

  test('nothing changes without routes', () => {
    const value = { name: 'w', route: 'x.org/*' }
    assert.equal(placeOnEdge(value, { ...place, routes: [] }), value)
  })

  test('behind the file\'s own, once each', () => {
    assert.deepEqual(placeOnEdge({ route: 'x.org/*' }, place), { routes: ['x.org/*', 'example.com/a*'] })
    assert.deepEqual(placeOnEdge({ routes: [{ pattern: 'example.com/a*', zone_id: '1' }] }, place), { routes: [{ pattern: 'example.com/a*', zone_id: '1' }] })
  })

  test('for one environment: no other inherits them', () => {
    const value = { name: 'w', env: { staging: {}, live: { route: 'live.org/*' } } }
    assert.deepEqual(placeOnEdge(value, place), { name: 'w', routes: ['example.com/a*'], env: { staging: { routes: [] }, live: { route: 'live.org/*' } } })
    assert.deepEqual(placeOnEdge(value, { ...place, env: 'staging' }), { name: 'w', env: { staging: { routes: ['example.com/a*'] }, live: { route: 'live.org/*' } } })
  })

  test('a part has its own name, limits and routes, and messages come to one alone', () => {
    const value = { name: 'shop', main: 'x.js', route: 'shop.example/*', limits: { cpu_ms: 50 }, queues: { consumers: [{ queue: 'q' }], producers: [] }, env: { live: { name: 'live-shop' } } }
    assert.deepEqual(placeOnEdge(value, { ...place, part: 'orders', consumes: false, cpuMs: 300 }), {
      name: 'shop-orders',
      main: 'cloudflare.js',
      limits: { cpu_ms: 300 },
      queues: { producers: [] },
      routes: ['example.com/a*'],
      env: { live: { name: 'live-shop-orders', routes: [] } },
    })
  })
})
