import assert from 'node:assert/strict'
import { test } from 'node:test'
import { told, withoutSecrets } from './errors.ts'

test('what is told of an error has no password, no query and no body of an upstream', () => {
  const cases = [
    ['invalid status code 501 [GET /status/50{{.Id}}?apikey=STATIC]: http://user:PASSWD@127.0.0.1:22001/status/501?apikey=STATIC&id=9&token=Q', 'invalid status code 501 [GET /status/50{{.Id}}]: http://127.0.0.1:22001/status/501'],
    ['invalid status code 404 [GET /x?filter[a]=S&u=http://b.test/?c=S]: http://a.test/x?filter[a]=S', 'invalid status code 404 [GET /x]: http://a.test/x'],
    ['invalid status code 404 [GET /a b?key=S T]: http://a.test/a%20b?key=S', 'invalid status code 404 [GET /a b]: http://a.test/a%20b'],
    ['invalid status code 404 [GET /x]: http://a.test/x#S', 'invalid status code 404 [GET /x]: http://a.test/x'],
    ['error sending request for url (https://u:P@a.test/?q=S): client error (Connect): refused', 'error sending request for url (https://a.test/): client error (Connect): refused'],
    ['Get "http://a.test/?q=S": EOF', 'Get "http://a.test/": EOF'],
    ['http://P@a.test, amqp://u:P@b.test:1/@me and https://c.test', 'http://a.test, amqp://b.test:1/@me and https://c.test'],
    ['what is this? [no label?]', 'what is this? [no label?]'],
  ] as const
  for (const [message, expected] of cases) assert.equal(withoutSecrets(message), expected)
  assert.equal(told({ kind: 'status', message: cases[0][0], upstreamStatus: 501 }), cases[0][1])
  assert.equal(told({ kind: 'upstream-error', message: '{"token":"S"}', status: 503, upstreamStatus: 503 }), 'invalid status code 503')
})

test('clients can not make it take long', () => {
  const start = performance.now()
  for (const part of ['://', '://a@', '[GET /', '[GET /?', '?)', '](']) withoutSecrets(`[GET /a?${part.repeat(20_000)}`)
  assert.ok(performance.now() - start < 500, `${performance.now() - start} ms`)
})
