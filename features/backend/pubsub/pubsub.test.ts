/** Queues by their HTTP APIs, as KrakenD's library would have sent and read the messages, and Cloudflare's by its binding. */
import assert from 'node:assert/strict'
import { generateKeyPairSync, verify } from 'node:crypto'
import { describe, test } from 'node:test'
import { compile } from '../../../compiler/compile.ts'
import { readJson } from '../../../compiler/load/source.ts'
import { RefusedError } from '../../../compiler/diagnostics.ts'
import { createGateway, type TestGateway } from '../../../test/gateway.ts'
import { startGateway } from '../../../testing/index.ts'
import type { CallInit } from '../../../worker/types.ts'
import { features } from '../../index.ts'

interface Call {
  url: string
  headers: { [name: string]: string }
  body: string
}

const AWS: { readonly [name: string]: string } = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'no-secret', AWS_REGION: 'eu-west-1' }

/** A gateway of one backend, and the calls that it makes: each is given the next answer. */
async function gatewayOf(host: string, extra: object, answers: readonly Response[], env: { readonly [name: string]: unknown } = AWS): Promise<{ gateway: TestGateway; calls: Call[] }> {
  const calls: Call[] = []
  const left = [...answers]
  const fetch = (url: string, init: CallInit): Promise<Response> => {
    calls.push({ url, headers: init.headers, body: new TextDecoder().decode(init.body as Uint8Array<ArrayBuffer>) })
    return Promise.resolve(left.shift() ?? new Response('{}'))
  }
  const method = 'topic_url' in Object.values(extra)[0]! ? 'POST' : 'GET'
  const config = { version: 3, endpoints: [{ endpoint: '/m', method, input_headers: ['X-Kind'], backend: [{ host: [host], disable_host_sanitize: true, extra_config: extra }] }] }
  return { gateway: await createGateway(config, { fetch, binding: (name) => env[name] }), calls }
}

const publish = (topic: string): object => ({ 'backend/pubsub/publisher': { topic_url: topic } })
const subscribe = (subscription: string): object => ({ 'backend/pubsub/subscriber': { subscription_url: subscription } })
const post = (gateway: TestGateway, body: BodyInit = '{"n":1}'): Promise<Response> => gateway.fetch('/m', { method: 'POST', body, headers: { 'X-Kind': 'a b/c' } })

void describe('backend/pubsub/publisher', () => {
  void test('SNS is told by a signed form', async () => {
    const { gateway, calls } = await gatewayOf('awssns:///', publish('arn:aws:sns:eu-west-1:123456789012:orders?region=eu-west-1'), [])
    const response = await post(gateway)
    assert.deepEqual([response.status, await response.text()], [200, '{}'])
    const [{ url, headers, body }] = calls as [Call]
    const form = new URLSearchParams(body)
    assert.equal(url, 'https://sns.eu-west-1.amazonaws.com/')
    assert.match(headers.authorization!, /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-west-1\/sns\/aws4_request/)
    assert.deepEqual([form.get('TopicArn'), form.get('Message')], ['arn:aws:sns:eu-west-1:123456789012:orders', '{"n":1}'])
    const names = [...form].filter(([key]) => key.endsWith('.Name')).map(([, value]) => value)
    assert.deepEqual(names.toSorted(), ['User-Agent', 'X-Forwarded-For', 'X-Forwarded-Host', 'X-Kind'].toSorted())
    assert.ok(body.includes('StringValue=a%2520b%252Fc'))
  })

  void test('SQS is told by JSON, with a body that is no text in base64', async () => {
    const { gateway, calls } = await gatewayOf('awssqs://sqs.eu-west-1.amazonaws.com/123/orders', publish('?region=eu-west-1'), [])
    await post(gateway, new Uint8Array([0xff, 0x01]))
    const [{ url, headers, body }] = calls as [Call]
    const sent = JSON.parse(body) as { QueueUrl: string; MessageBody: string; MessageAttributes: { [name: string]: { StringValue: string } } }
    assert.deepEqual([url, headers['x-amz-target']], ['https://sqs.eu-west-1.amazonaws.com/', 'AmazonSQS.SendMessage'])
    assert.deepEqual([sent.QueueUrl, sent.MessageBody, sent.MessageAttributes.base64encoded?.StringValue], ['https://sqs.eu-west-1.amazonaws.com/123/orders', '/wE=', 'true'])
  })

  void test('a service account signs for itself', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const account = { client_email: 'gateway@shop.test', private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }), private_key_id: 'k1' }
    const { gateway, calls } = await gatewayOf('gcppubsub://', publish('projects/shop/topics/orders'), [], { GOOGLE_APPLICATION_CREDENTIALS_JSON: JSON.stringify(account) })
    assert.equal((await post(gateway)).status, 200)
    const [{ url, headers, body }] = calls as [Call]
    assert.equal(url, 'https://pubsub.googleapis.com/v1/projects/shop/topics/orders:publish')
    const [head, claims, signature] = headers.authorization!.replace('Bearer ', '').split('.') as [string, string, string]
    assert.ok(verify('sha256', Buffer.from(`${head}.${claims}`), publicKey, Buffer.from(signature, 'base64url')))
    assert.equal((JSON.parse(Buffer.from(claims, 'base64url').toString()) as { sub: string }).sub, 'gateway@shop.test')
    const [message] = (JSON.parse(body) as { messages: { data: string; attributes: object }[] }).messages
    assert.equal(atob(message!.data), '{"n":1}')
  })

  void test('an error of the service is the backend\'s', async () => {
    const { gateway } = await gatewayOf('awssns:///', publish('arn:aws:sns:eu-west-1:1:orders'), [new Response('<Error><Code>NotFound</Code><Message>no topic</Message></Error>', { status: 404 })])
    assert.equal((await post(gateway)).status, 500)
    assert.match(gateway.logs.join(), /NotFound: no topic/)
  })

  void test('throttled calls are tried again, and no more than four times', async () => {
    const throttled = () => new Response('', { status: 503 })
    const { gateway, calls } = await gatewayOf('awssns:///', publish('arn:aws:sns:eu-west-1:1:orders'), [throttled(), throttled(), throttled(), throttled(), throttled()])
    assert.equal((await post(gateway)).status, 500)
    assert.equal(calls.length, 4)
  })
})

void describe('backend/pubsub/subscriber', () => {
  void test('a message of SQS is decoded and then deleted', async () => {
    const message = { Messages: [{ Body: '{"order":7}', ReceiptHandle: 'r1' }] }
    const { gateway, calls } = await gatewayOf('awssqs://sqs.eu-west-1.amazonaws.com/123/orders', subscribe('?region=eu-west-1'), [Response.json({}), Response.json(message)])
    assert.deepEqual(await (await gateway.fetch('/m')).json(), { order: 7 })
    await Promise.all(gateway.pending)
    assert.deepEqual(calls.map(({ headers }) => headers['x-amz-target']), ['AmazonSQS.ReceiveMessage', 'AmazonSQS.ReceiveMessage', 'AmazonSQS.DeleteMessage'])
  })

  void test('a notification of SNS is taken out of its wrapping', async () => {
    const wrapped = JSON.stringify({ Type: 'Notification', MessageId: '1', Timestamp: 't', TopicArn: 'arn', Message: '{"order":8}' })
    const { gateway } = await gatewayOf('awssqs://sqs.eu-west-1.amazonaws.com/123/orders', subscribe('?region=eu-west-1'), [Response.json({ Messages: [{ Body: wrapped, ReceiptHandle: 'r' }] })])
    assert.deepEqual(await (await gateway.fetch('/m')).json(), { order: 8 })
  })

  void test('a message that does not decode stays', async () => {
    const { gateway, calls } = await gatewayOf('gcppubsub://', subscribe('shop/orders'), [Response.json({ receivedMessages: [{ ackId: 'a', message: { data: btoa('no json') } }] })], { PUBSUB_EMULATOR_HOST: 'pubsub.test:8085' })
    assert.equal((await gateway.fetch('/m')).status, 500)
    assert.deepEqual(calls.map(({ url }) => url), ['http://pubsub.test:8085/v1/projects/shop/subscriptions/orders:pull'])
  })
})

void describe('brokers that Workers can\'t reach', () => {
  for (const [host, extra] of [
    ['kafka://', publish('orders')],
    ['nats://', subscribe('orders')],
    ['amqp://guest@rabbit:5672/', { 'backend/amqp/producer': { name: 'q', exchange: 'e' } }],
    ['amqps://rabbit/', { 'backend/amqp/consumer': { name: 'q', exchange: 'e' } }],
  ] as const) {
    void test(`${host} is refused with the way out`, () => {
      const config = { version: 3, endpoints: [{ endpoint: '/m', backend: [{ host: [host], disable_host_sanitize: true, extra_config: extra }] }] }
      assert.throws(
        () => compile(readJson('gateway.json', JSON.stringify(config)), features),
        (error) => error instanceof RefusedError && error.findings.some(({ code, message }) => code === 'no-broker' && message.includes('cfqueue://')),
      )
    })
  }
})

void test('a Cloudflare Queue: what endpoints send, an agent has a backend do something with, and again if it fails', async () => {
  const endpoint = (path: string, host: string, extra: object) => ({ endpoint: path, method: 'POST', backend: [{ host: [host], disable_host_sanitize: true, extra_config: extra }] })
  await using gateway = await startGateway({
    config: {
      version: 3,
      endpoints: [endpoint('/published', 'cfqueue://', publish('orders')), endpoint('/produced', 'cfqueue://orders', { 'backend/amqp/producer': { name: 'orders', exchange: 'shop' } })],
      async_agent: [
        {
          name: 'shipping',
          connection: { max_retries: 0, backoff_strategy: 'linear' },
          consumer: { topic: '*', timeout: '2s', workers: 4 },
          backend: [{ method: 'POST', host: ['http://upstream-shipping'], url_pattern: '/ship' }],
          extra_config: { 'async/amqp': { host: 'cfqueue://', name: 'orders', exchange: 'shop' } },
        },
      ],
    },
    upstreams: { shipping: { 'POST /ship': [{ status: 500 }, { json: {} }] } },
  })
  assert.deepEqual(gateway.findings, [])
  await gateway.fetch('/published', { method: 'POST', body: '{"order":1}' })
  const { seen } = gateway.upstreams.shipping!
  const until = Date.now() + 10_000
  while (seen.length < 2 && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 100))
  assert.deepEqual(seen.map(({ body }) => body), ['{"order":1}', '{"order":1}'])
  await gateway.fetch('/produced', { method: 'POST', body: '{"order":2}' })
  while (seen.length < 3 && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 100))
  assert.equal(seen[2]?.body, '{"order":2}')
})
