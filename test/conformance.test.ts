/** What KrakenD answered, asked of Cuttle in each runtime: one test a case file. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { suite, test } from 'node:test'
import { CASES, caseFiles, check, DEVIATIONS, type Engine, ENGINES, type Outcome, SUPPORTED } from './conformance.ts'

const files = caseFiles(SUPPORTED)

/** The gateway inside of Node is the tests' own: the core's cases show that it is the same. */
const filesOf = (engine: Engine): string[] => (engine === 'in-process' ? files.filter((file) => /^(routing|proxy)\//.test(file)) : files)

interface CaseFile {
  refused?: true
  cases: readonly { name: string }[]
}
const readCases = (file: string): CaseFile => JSON.parse(readFileSync(file, 'utf8')) as CaseFile

/** Of a configuration that is to be refused there is one thing to ask. */
function countOf(file: string): number {
  const { refused, cases } = readCases(path.join(CASES, file))
  return refused ? 1 : cases.length
}

/** Some cases have time limits of 150 ms, which a busy machine can't always keep: what fails is asked once more. */
async function twice(ask: () => Promise<Outcome>): Promise<Outcome> {
  const first = await ask()
  return first.failed ? ask() : first
}

for (const engine of ENGINES) {
  // Cases wait more than they work, so two run side by side.
  suite(`conformance in ${engine}`, { concurrency: 2 }, () => {
    for (const file of filesOf(engine)) {
      test(`${engine} · ${file}`, async () => {
        const { passed, failed, skipped, output } = await twice(() => check(engine, [file], 1))
        assert.equal(failed, 0, output)
        assert.equal(passed + skipped, countOf(file), `not every case of ${file} was asked:\n${output}`)
      })
    }
  })
}

test('the copies beside this file have what is supported', () => {
  const folder = path.join(import.meta.dirname, 'conformance')
  assert.deepEqual(caseFiles(SUPPORTED, folder), files.filter((file) => !file.startsWith('real/')))
})

test('deviations name cases that are there', () => {
  // Deviations name a file by its last folder. Configurations of others may not be at hand: they are not ours to copy.
  const named = (file: string): string => path.join(path.basename(path.dirname(file)), path.basename(file))
  const known = new Map(caseFiles([...SUPPORTED, 'real']).map((file) => [named(file), readCases(path.join(CASES, file))]))
  const folders = new Set([...known.keys()].map((name) => path.dirname(name)))
  const { rules: _, ...deviations } = JSON.parse(readFileSync(DEVIATIONS, 'utf8')) as { [name: string]: unknown }
  for (const name of Object.keys(deviations)) {
    const [file = '', wanted = ''] = name.split(' · ')
    if (!folders.has(path.dirname(file))) continue
    const found = known.get(file)
    assert.ok(found, `${file} is not there`)
    assert.ok([found.refused ? 'is refused' : 'starts', ...found.cases.map(({ name: own }) => own)].includes(wanted), name)
  }
})
