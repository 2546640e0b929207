/** What the types take and refuse: tsc checks this file, and `@ts-expect-error` is an error itself where there is none. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defineGateway, type Endpoint } from './define.ts'

const endpoint: Endpoint = { endpoint: '/a', backend: [{ host: ['http://a'], url_pattern: '/' }] }

test('a configuration is given back', () => {
  const gateway = defineGateway({
    $schema: 'https://www.krakend.io/schema/v2.13/krakend.json',
    version: 3,
    timeout: '2s',
    extra_config: { router: { return_error_msg: true }, 'cuttle/json': { canonical: true }, 'telemetry/some-other': { a: 1 } },
    endpoints: [
      {
        '@comment': 'ours',
        endpoint: '/users/{id}',
        method: 'GET',
        cache_ttl: '5m',
        input_headers: ['Authorization'],
        extra_config: { proxy: { sequential: true }, 'qos/ratelimit/router': { max_rate: 10, every: '1m' } },
        backend: [{ host: ['http://users'], url_pattern: '/{id}', allow: ['id'], mapping: { id: 'number' }, extra_config: { 'qos/ratelimit/proxy': { max_rate: 5 } } }],
      },
      ...['b', 'c'].map((name): Endpoint => ({ ...endpoint, endpoint: `/${name}` })),
    ],
  })
  assert.equal(gateway.endpoints?.length, 3)
})

test('wrong types are refused by tsc', () => {
  // @ts-expect-error: there is no version 2
  defineGateway({ version: 2 })
  // @ts-expect-error: endpionts
  defineGateway({ version: 3, endpionts: [] })
  // @ts-expect-error: a duration is a text
  defineGateway({ version: 3, timeout: 2 })
  // @ts-expect-error: no backend
  defineGateway({ version: 3, endpoints: [{ endpoint: '/a' }] })
  // @ts-expect-error: max_rate is a number
  defineGateway({ version: 3, endpoints: [{ ...endpoint, extra_config: { 'qos/ratelimit/router': { max_rate: '10' } } }] })
  // @ts-expect-error: rotuer
  defineGateway({ version: 3, extra_config: { rotuer: {} } })
  // @ts-expect-error: a key of the service in a backend
  defineGateway({ version: 3, endpoints: [{ endpoint: '/a', backend: [{ host: ['http://a'], url_pattern: '/', port: 80 }] }] })
  assert.ok(true)
})
