import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createGateway } from '../../test/gateway.ts'
import { startAbandoning, startAborting } from '../deadline.ts'

const backend = (name: string): object => ({ host: [`http://${name}.internal`], url_pattern: '/' })

for (const startDeadline of [startAbandoning, startAborting]) {
  test(`${startDeadline.name}: the calls of a step have no more time than is left of the sequence's`, async () => {
    const config = { version: 3, endpoints: [{ endpoint: '/', timeout: '400ms', concurrent_calls: 2, backend: [backend('quick'), backend('never')], extra_config: { proxy: { sequential: true } } }] }
    const answers = async (url: string, signal: AbortSignal | null | undefined): Promise<Response> => {
      await sleep(url.includes('quick') ? 200 : 2000, null, { ref: false, ...(signal && { signal }) })
      return Response.json({ ok: 1 })
    }
    const { fetch } = await createGateway(config, { startDeadline, fetch: (url, init) => answers(url, init.signal) })
    const from = performance.now()
    const answer = await fetch('/')
    assert.equal(await answer.text(), '{"ok":1}')
    assert.equal(answer.headers.get('x-krakend-completed'), 'false')
    const took = performance.now() - from
    assert.ok(took > 320 && took < 460, `${took} ms, 85 % of 400`)
  })
}
