/** Every sink down under load: no request fails, the memory stays flat, and what was lost is counted. `SINKS_DOWN_SECONDS=60 node --test …` takes longer. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { startLoad } from '../../compiler/cluster/load.ts'
import { METRICS, type Slot, startNode, usageOf } from '../../compiler/cluster/nodes.ts'
import { load } from '../../compiler/command.ts'
import { emitFolder, writeFolder } from '../../compiler/emit/folder.ts'
import { RUNTIMES } from '../../compiler/runtimes.ts'
import { freePort } from '../free-port.ts'
import { startOtlp } from './sinks.ts'

const SECONDS = Number(process.env.SINKS_DOWN_SECONDS ?? 6)
/** workerd's own heap grows to 250 MB under any load, and stays there; what waits for the sinks is bounded to a few megabytes. */
const MEMORY_BYTES = 330e6

for (const runtime of RUNTIMES) {
  test(`${runtime}: ${SECONDS} s without sinks`, async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'cuttle-sinks-'))
    const upstream = http.createServer((_request, response) => response.setHeader('content-type', 'application/json').end('{"ok":true}'))
    await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
    const otlp = await startOtlp()
    otlp.down = true
    const file = path.join(folder, 'krakend.json')
    const telemetry = { service_name: 'x', metric_reporting_period: 0.5, exporters: { prometheus: [{ name: 'p' }], otlp: [{ name: 'o', host: '127.0.0.1', port: otlp.port, use_http: true, logs: true }] } }
    const nobody = await freePort()
    const config = {
      version: 3,
      extra_config: { 'telemetry/opentelemetry': telemetry, 'telemetry/metrics': { endpoint_disabled: true }, 'telemetry/influx': { address: `http://127.0.0.1:${nobody}`, ttl: '500ms' }, 'telemetry/logging': { level: 'ERROR', stdout: true }, 'telemetry/gelf': { address: `127.0.0.1:${nobody}` } },
      endpoints: [{ endpoint: '/a', backend: [{ host: [`http://127.0.0.1:${(upstream.address() as AddressInfo).port}`], url_pattern: '/' }] }],
    }
    writeFileSync(file, JSON.stringify(config))
    const { plan, secrets } = (await load(file, { target: runtime }))!
    writeFolder(folder, await emitFolder(plan, runtime))
    const slot: Slot = { number: 1, port: await freePort(), metricsPort: await freePort() }
    const node = (await startNode({ runtime, folder, env: secrets, listeners: plan.listeners.map(({ name }) => name) }, slot))!
    assert.ok(plan.listeners.some(({ name }) => name === METRICS))
    try {
      const asked = startLoad(slot.port, ['/a'], 8)
      await sleep(SECONDS * 1000)
      const { memory } = usageOf(node)!
      await asked.stop()
      assert.deepEqual([asked.failed, [...asked.failures]], [0, []])
      assert.ok(memory < MEMORY_BYTES, `it takes ${memory / 1e6} MB`)
      otlp.down = false
      // The next request's flush tells it all.
      await (await fetch(`http://127.0.0.1:${slot.port}/a`)).text()
      await sleep(2000)
      const [spans, dropped] = [otlp.spans, otlp.count('cuttle.telemetry.dropped', ({ kind }) => kind === 'span')]
      assert.equal(otlp.count('http.server.request.duration', () => true), asked.answered + 1)
      assert.ok(dropped > 0 && spans + dropped === 4 * (asked.answered + 1), `${spans} spans arrived and ${dropped} are counted as dropped, of ${4 * (asked.answered + 1)}`)
    } finally {
      node.started.child.kill('SIGTERM')
      await node.started.ended
      await otlp.stop()
      upstream.close()
      upstream.closeAllConnections()
      rmSync(folder, { recursive: true, force: true })
    }
  })
}
