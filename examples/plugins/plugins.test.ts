/** The example's plugins at work, in workerd. */
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { after, before, suite, test } from 'node:test'
import { type Gateway, startGateway } from '../../testing/index.ts'

suite('examples/plugins', () => {
  let gateway: Gateway
  before(async () => {
    gateway = await startGateway({
      config: new URL('gateway.json', import.meta.url).pathname,
      env: { ORDERS_KEY: 'a key' },
      upstreams: { shop: { 'POST /orders': { json: { items: [{ price: 2 }, { price: 3 }] } }, 'GET /orders/7': [{ json: { id: 7 } }, { status: 503 }], 'GET /orders/8': { status: 503 } } },
    })
  })
  after(() => gateway.stop())

  test('an app answers paths of its own, and middleware stands around the gateway', async () => {
    const status = await gateway.fetch('/status')
    assert.deepEqual([status.status, await status.text()], [200, '<h1>Up</h1>'])
    assert.match(status.headers.get('x-request-id')!, /^[\da-f-]{36}$/)
    const missing = await gateway.fetch('/nothing', { headers: { 'x-request-id': 'abc' } })
    assert.deepEqual([missing.status, missing.headers.get('x-request-id')], [404, 'abc'])
  })

  test('a modifier changes requests and answers, and refuses', async () => {
    const post = (order: object): Promise<Response> => gateway.fetch('/orders', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(order) })
    const answer = await post({ items: [{ price: 2 }, { price: 3 }] })
    assert.deepEqual(await answer.json(), { items: [{ price: 2 }, { price: 3 }], total: 5 })
    const { body, headers } = gateway.upstreams.shop!.seen.at(-1)!
    assert.deepEqual(JSON.parse(body), { currency: 'EUR', items: [{ price: 2 }, { price: 3 }] })
    assert.equal(headers['x-request-id'], answer.headers.get('x-request-id'))
    const refused = await post({ items: [1, 2, 3, 4] })
    assert.deepEqual([refused.status, await refused.text()], [422, 'at most 3 items'])
  })

  test('a client signs its calls, and middleware answers where there is no answer', async () => {
    assert.deepEqual(await (await gateway.fetch('/orders/7')).json(), { id: 7 })
    assert.equal(gateway.upstreams.shop!.seen.at(-1)!.headers['x-signature'], createHmac('sha256', 'a key').update('GET /orders/7').digest('base64'))
    const stale = await gateway.fetch('/orders/7')
    assert.deepEqual([stale.headers.get('x-krakend-completed'), await stale.json()], ['false', { id: 7, stale: true }])
    assert.equal((await gateway.fetch('/orders/8')).status, 500)
  })
})
