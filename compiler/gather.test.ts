import assert from 'node:assert/strict'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import { createGatherer } from './gather.ts'

const servers: http.Server[] = []
after(() => servers.forEach((server) => server.close()))

/** A process' metrics, as the test sets them; null: it answers nothing. */
async function serve(): Promise<{ port: number; count: number | null }> {
  const process: { port: number; count: number | null } = { port: 0, count: 0 }
  const server = http.createServer((_request, response) => (process.count === null ? response.destroy() : response.end(`# TYPE x_total counter\nx_total ${process.count}\n`)))
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  process.port = (server.address() as AddressInfo).port
  return process
}

test('counts of a node never go down: not while a process is away, nor when another takes its place', async () => {
  const [a, b] = [await serve(), await serve()]
  const gather = createGatherer([a.port, b.port])
  const total = async (of: readonly [number | null, number | null]): Promise<string> => {
    ;[a.count, b.count] = of
    return (await gather()).split('\n')[1]!
  }
  assert.equal(await total([1000, 2000]), 'x_total 3000')
  assert.equal(await total([1500, null]), 'x_total 3500')
  assert.equal(await total([1500, 10]), 'x_total 3510')
  assert.equal(await total([1500, 20]), 'x_total 3520')
  assert.equal(await total([0, 20]), 'x_total 3520')
  assert.equal(await total([5, 1]), 'x_total 3526')
  assert.equal(new Set(await Promise.all([gather(), gather(), gather()])).size, 1)
})
