import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { createGateway } from '../../../test/gateway.ts'
import { formatLine } from './worker.ts'

const TIME = new Date('2026-11-23T07:22:36.123Z')

test('lines in each format', () => {
  const line = (format: Parameters<typeof formatLine>[0]): string => formatLine(format, '[P]', 'error', 'a "b"\n', TIME)
  assert.equal(line('default'), '[P] 2026/11/23 - 07:22:36.123 ▶ ERROR a "b"')
  assert.deepEqual(JSON.parse(line('logstash')), { '@timestamp': '2026-11-23T07:22:36.123+00:00', '@version': 1, level: 'ERROR', message: 'a "b"\n', module: 'KRAKEND' })
  assert.deepEqual(JSON.parse(line('json')), { time: '2026-11-23T07:22:36.123Z', level: 'ERROR', message: 'a "b"\n' })
  assert.equal(line([['level'], ': ', ['message']]), 'ERROR: a "b"')
})

test('what a client has brought into a message is no line of its own', () => {
  const forged = 'bad a\n2026/11/23 INFO forged\r\u001b[2J'
  for (const format of ['default', [['message']]] as const) assert.match(formatLine(format, '', 'error', forged, TIME), /bad a\n {2}2026\/11\/23 INFO forged {2}\[2J$/)
})

suite('what a gateway logs', () => {
  const ask = async (logging: object, more: object = {}): Promise<{ lines: string[]; sent: { url: string; body: string }[] }> => {
    const sent: { url: string; body: string }[] = []
    const gateway = await createGateway(
      { version: 3, extra_config: { 'telemetry/logging': logging, ...more }, endpoints: [{ endpoint: '/a', backend: [{ host: ['http://up'], url_pattern: '/' }] }] },
      {
        fetch: (url, init) => {
          if (url.startsWith('http://up')) return Promise.reject(new Error('refused'))
          sent.push({ url, body: new TextDecoder().decode(init.body as Uint8Array) })
          return Promise.resolve(new Response('{}'))
        },
      },
    )
    await gateway.fetch('/a?token=secret')
    await Promise.all(gateway.pending)
    return { lines: gateway.logs, sent }
  }

  test('errors alone, at their level', async () => {
    const { lines } = await ask({ level: 'ERROR', stdout: true, prefix: '[GW]' })
    assert.equal(lines.length, 1)
    assert.match(lines[0]!, /^\[GW\] \d{4}\/\d\d\/\d\d - \d\d:\d\d:\d\d\.\d{3} ▶ ERROR GET \/a: Get "http:\/\/up\/": refused$/)
  })

  test('the access log has no query', async () => {
    const { lines } = await ask({ level: 'INFO', stdout: true, format: 'json' })
    assert.equal(lines.length, 2)
    assert.match((JSON.parse(lines[1]!) as { message: string }).message, /^\[ACCESS\] \| 500 \| \d+ms \| [\d.]+ \| GET "\/a"$/)
    assert.doesNotMatch(lines.join('\n'), /secret/)
  })

  test('no access log where the router says so', async () => {
    const { lines } = await ask({ level: 'INFO', stdout: true }, { router: { disable_access_log: true } })
    assert.equal(lines.length, 1)
  })

  test('paths that the access log leaves out', async () => {
    for (const paths of [['/b', '/a'], '/a']) assert.equal((await ask({ level: 'INFO', stdout: true }, { router: { logger_skip_paths: paths } })).lines.length, 1)
    assert.equal((await ask({ level: 'INFO', stdout: true }, { router: { logger_skip_paths: ['/'] } })).lines.length, 2)
  })

  test('nothing without an output', async () => {
    assert.deepEqual((await ask({ level: 'INFO' })).lines, [])
  })

  test('gelf gets each line', async () => {
    const { sent } = await ask({ level: 'ERROR', stdout: true }, { 'telemetry/gelf': { address: 'graylog:12201' } })
    assert.equal(sent[0]!.url, 'http://graylog:12201/gelf')
    const { short_message: message, level } = JSON.parse(sent[0]!.body) as { short_message: string; level: number }
    assert.match(message, /GET \/a: Get "http:\/\/up\/": refused$/)
    assert.equal(level, 3)
  })
})
