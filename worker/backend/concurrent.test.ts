import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createGateway } from '../../test/gateway.ts'
import { startAborting } from '../aborting.ts'
import { startAbandoning } from '../deadline.ts'

const backend = (name: string): object => ({ host: [`http://${name}.internal`], url_pattern: '/' })

for (const startDeadline of [startAbandoning, startAborting]) {
  test(`${startDeadline.name}: the calls of a step have no more time than is left of the sequence's`, async () => {
    const config = { version: 3, endpoints: [{ endpoint: '/', timeout: '400ms', concurrent_calls: 2, backend: [backend('quick'), backend('slow')], extra_config: { proxy: { sequential: true } } }] }
    const answers = async (url: string, signal: AbortSignal | null | undefined): Promise<Response> => {
      // 280 ms are less than 75 % of the time, but more than is left of 85 %.
      await sleep(url.includes('quick') ? 200 : 280, null, { ref: false, ...(signal && { signal }) })
      return Response.json(url.includes('quick') ? { quick: 1 } : { slow: 1 })
    }
    const { fetch } = await createGateway(config, { startDeadline, fetch: (url, init) => answers(url, init.signal) })
    const answer = await fetch('/')
    assert.equal(await answer.text(), '{"quick":1}')
    assert.equal(answer.headers.get('x-krakend-completed'), 'false')
  })
}

test('bodies of answers that lost are let go', async () => {
  const config = { version: 3, endpoints: [{ endpoint: '/', output_encoding: 'no-op', concurrent_calls: 3, backend: [backend('up')] }] }
  let [opened, cancelled] = [0, 0]
  const body = (): ReadableStream => new ReadableStream({ start: () => void opened++, cancel: () => void cancelled++ })
  const { fetch } = await createGateway(config, { startDeadline: startAborting, fetch: async () => (await sleep(opened ? 10 : 1), new Response(body(), { headers: { 'content-type': 'text/plain' } })) })
  const answer = await fetch('/')
  await sleep(50)
  assert.deepEqual([opened, cancelled], [3, 2])
  await answer.body!.cancel()
  assert.equal(cancelled, 3)
})
