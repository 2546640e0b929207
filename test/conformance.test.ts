/** What KrakenD answered, asked of Cuttle in each runtime: one test a case file. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { suite, test } from 'node:test'
import { CASES, caseFiles, check, DEVIATIONS, type Engine, ENGINES, SUPPORTED } from './conformance.ts'

const files = caseFiles(SUPPORTED)

/** The gateway inside of Node is the tests' own: the core's cases show that it is the same. */
const filesOf = (engine: Engine): string[] => (engine === 'in-process' ? files.filter((file) => /^(routing|proxy)\//.test(file)) : files)

for (const engine of ENGINES) {
  // Cases wait more than they work, so two run side by side.
  suite(`conformance in ${engine}`, { concurrency: 2 }, () => {
    for (const file of filesOf(engine)) {
      test(`${engine} · ${file}`, async () => {
        const { passed, failed, output } = await check(engine, [file], 1)
        assert.equal(failed, 0, output)
        assert.ok(passed > 0, `no case of ${file} passed:\n${output}`)
      })
    }
  })
}

test('the copies beside this file have what is supported', () => {
  const folder = path.join(import.meta.dirname, 'conformance')
  assert.deepEqual(caseFiles(SUPPORTED, folder), files.filter((file) => !file.startsWith('real/')))
})

test('deviations name cases that are there', () => {
  const { rules: _, ...deviations } = JSON.parse(readFileSync(DEVIATIONS, 'utf8')) as { [name: string]: unknown }
  for (const name of Object.keys(deviations)) {
    const [file, wanted] = name.split(' · ')
    // Deviations name a file's last folder; other people's configurations are not copied here.
    const found = [path.join(import.meta.dirname, 'conformance', file!), path.join(CASES, 'real', file!)].find((candidate) => existsSync(candidate))
    if (!found && !existsSync(path.join(CASES, 'real'))) continue
    const { cases } = JSON.parse(readFileSync(found!, 'utf8')) as { cases: { name: string }[] }
    assert.ok(cases.some(({ name }) => name === wanted), name)
  }
})
