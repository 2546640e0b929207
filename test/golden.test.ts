/**
 * Configuration → plan → module, as texts: golden/NAME/gateway.json, plan.json, gateway.js. A change of the plan's form or of what is
 * emitted shows as a change of these files. `node test/golden.test.ts --update` writes them anew.
 */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { diff } from 'node:util'
import { compile } from '../compiler/compile.ts'
import { emitGateway } from '../compiler/emit/module.ts'
import { readJson } from '../compiler/load/source.ts'
import type { Plan } from '../compiler/plan.ts'
import { VERSION } from '../compiler/version.ts'
import { features } from '../features/index.ts'
import { planOf } from '../worker/routing.ts'
import type { Program } from '../worker/types.ts'
import { unversioned } from './unversioned.ts'

const FOLDER = path.join(import.meta.dirname, 'golden')
const UPDATE = process.argv.includes('--update')

function planIn(folder: string): Plan {
  const { plan, findings } = compile(readJson('gateway.json', readFileSync(path.join(folder, 'gateway.json'), 'utf8')), features)
  assert.deepEqual(findings, [])
  return plan
}

function assertGolden(file: string, text: string): void {
  if (UPDATE) writeFileSync(file, text)
  const written = readFileSync(file, 'utf8')
  if (text === written) return
  const changes = diff(text.split('\n'), written.split('\n')).filter(([kind]) => kind !== 0)
  assert.fail(`${path.relative(FOLDER, file)} differs; if that is meant: node test/golden.test.ts --update\n${changes.map(([kind, line]) => `${kind > 0 ? '+' : '-'} ${line}`).join('\n')}`)
}

for (const name of readdirSync(FOLDER).toSorted()) {
  const folder = path.join(FOLDER, name)

  test(`${name}: configuration to plan`, () => {
    assertGolden(path.join(folder, 'plan.json'), unversioned(`${JSON.stringify(planIn(folder), null, 2)}\n`, VERSION))
  })

  test(`${name}: plan to module`, () => {
    assertGolden(path.join(folder, 'gateway.js'), unversioned(emitGateway(planIn(folder), 'workerd'), VERSION))
  })

  test(`${name}: the module has all of the plan's endpoints`, async () => {
    const plan = planIn(folder)
    // Without its imports, the text is data.
    const data = emitGateway(plan, 'workerd').replace(/^import .*$|^export const uses = \{[^}]*\}$/gm, '')
    const { program } = (await import(`data:text/javascript,${encodeURIComponent(data)}`)) as { program: Program }
    assert.deepEqual(program.rows.map((row) => ({ method: row[0], path: row[1], handler: planOf(program, row) })), plan.endpoints.map(({ method, path, handler }) => ({ method, path, handler })))
  })
}
