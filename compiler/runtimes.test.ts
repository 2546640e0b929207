import assert from 'node:assert/strict'
import net, { type AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { freePort } from '../test/free-port.ts'
import { isFree, listens, start } from './runtimes.ts'

async function listen(t: TestContext, host: string): Promise<number> {
  const server = net.createServer((socket) => socket.destroy())
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  t.after(() => server.close())
  return (server.address() as AddressInfo).port
}

test('a port that somebody listens on is not free, on all addresses or on one', async (t) => {
  assert.equal(await isFree('0.0.0.0', await listen(t, '127.0.0.1')), false)
  assert.equal(await isFree('127.0.0.1', await listen(t, '0.0.0.0')), false)
  assert.equal(await isFree('0.0.0.0', await freePort()), true)
})

test('an address that is not this machine\'s can\'t be had', async () => {
  assert.equal(await isFree('192.0.2.1', await freePort()), false)
})

test('nothing listens while a port is looked at: what waits for the gateway must not meet the question', async (t) => {
  const port = await freePort()
  const connected: true[] = []
  const timer = setInterval(() => net.connect(port, '127.0.0.1').on('connect', () => connected.push(true)).on('error', () => undefined), 0)
  t.after(() => clearInterval(timer))
  for (let i = 0; i < 200; i++) assert.equal(await isFree('0.0.0.0', port), true)
  assert.deepEqual(connected, [])
})

test('a program that ends without listening is noticed', async () => {
  const started = start(process.execPath, ['-e', 'process.exit(3)'])
  assert.equal(await listens('127.0.0.1', await freePort(), started), false)
  assert.equal(await started.ended, 3)
})

test('a program that is not there is named, with what to do', async () => {
  await assert.rejects(start('no-such-program-anywhere', []).ended, { name: 'UserError', message: /no-such-program-anywhere is not installed/ })
})
