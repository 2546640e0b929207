import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { suite, test } from 'node:test'
import { compile } from '../compile.ts'
import { emitFolder, writeFolder } from './folder.ts'
import { readJson } from '../load/source.ts'
import type { Plan } from '../plan.ts'
import { workerdPath } from '../runtimes.ts'
import { COMPATIBILITY_DATE, emitCapnp } from './workerd.ts'

const planOf = (config: object): Plan => compile(readJson('gateway.json', JSON.stringify({ version: 3, ...config })), []).plan
const capnp = (config: object): string => emitCapnp(planOf(config), 'worker.js')

suite('config.capnp', () => {
  const addresses: readonly (readonly [listen: object, address: string])[] = [
    [{}, '*:8080'],
    [{ port: 80, listen_ip: '0.0.0.0' }, '*:80'],
    [{ listen_ip: '::' }, '*:8080'],
    [{ listen_ip: '127.0.0.1' }, '127.0.0.1:8080'],
    [{ listen_ip: '::1' }, '[::1]:8080'],
  ]
  for (const [listen, address] of addresses) {
    test(`listens on ${address}`, () => assert.match(capnp(listen), new RegExp(`\\(name = "http", address = ${JSON.stringify(address).replaceAll(/[*[\]]/g, String.raw`\$&`)}, http = \\(\\), service = "gateway"\\)`)))
  }

  test('has a binding for each service, and the pinned date', () => {
    const text = capnp({ host: ['service://USERS', 'service://ORDERS'] })
    assert.match(text, /bindings = \[\(name = "CUTTLE_STARTED_AT", fromEnvironment = "CUTTLE_STARTED_AT"\), \(name = "ORDERS", fromEnvironment = "ORDERS"\), \(name = "USERS", fromEnvironment = "USERS"\)\],/)
    assert.ok(text.includes(`compatibilityDate = "${COMPATIBILITY_DATE}"`))
  })

  test('is what workerd reads, with the worker beside it', async (t) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'cuttle-capnp-'))
    t.after(() => rmSync(folder, { recursive: true, force: true }))
    writeFolder(folder, await emitFolder(planOf({ host: ['service://USERS'], endpoints: [{ endpoint: '/a', backend: [{ url_pattern: '/' }] }] }), 'workerd'))
    const compiled = execFileSync(workerdPath(), ['compile', 'config.capnp', '--config-only'], { cwd: folder, maxBuffer: 1e8 })
    assert.ok(compiled.includes('USERS'))
  })
})
