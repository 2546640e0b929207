/** `"cuttle/json": {"canonical": true}` gives KrakenD's text to the byte: what routing/exact-text.json recorded, in each runtime. */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { suite, test } from 'node:test'
import { check, ENGINES } from './conformance.ts'

interface CaseFile {
  config: { extra_config?: object }
  cases: object[]
}
const RECORDED = path.join(import.meta.dirname, 'conformance', 'routing', 'exact-text.json')

suite('exact text', { concurrency: 2 }, () => {
  for (const engine of ENGINES) {
    test(engine, async (t) => {
      const recorded = JSON.parse(readFileSync(RECORDED, 'utf8')) as CaseFile
      const config = { ...recorded.config, extra_config: { ...recorded.config.extra_config, 'cuttle/json': { canonical: true } } }
      const folder = mkdtempSync(path.join(tmpdir(), 'cuttle-canonical-'))
      t.after(() => rmSync(folder, { recursive: true }))
      // Deviations are listed by folder and file: this one is none of them.
      const file = path.join(folder, 'canonical', 'exact-text.json')
      mkdirSync(path.dirname(file))
      writeFileSync(file, JSON.stringify({ ...recorded, config }))
      const { passed, failed, output } = await check(engine, [file], 1)
      assert.equal(failed, 0, output)
      assert.equal(passed, recorded.cases.length)
    })
  }
})
