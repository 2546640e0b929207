/** The script itself, with small suites: Cuttle is like Cuttle, and unlike a server that answers something else. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, suite, test } from 'node:test'
import { quoted, startCommand } from '../conformance.ts'
import { createDice } from './dice.ts'
import { isKnown } from './difference.ts'
import { type Kind, KINDS, SMALLEST } from './kinds.ts'
import { Player } from './play.ts'
import type { Suite } from './suite.ts'

/** Of configurations that start. */
const SEED = 4
const cuttle = startCommand('in-process', false)
const folder = mkdtempSync(path.join(tmpdir(), 'cuttle-differential-test-'))
after(() => rmSync(folder, { recursive: true, force: true }))

/** Answers everything with its second argument. */
const SERVER = `import http from 'node:http'
import { readFileSync } from 'node:fs'
const [, , config, text] = process.argv
http.createServer((_, answer) => answer.end(text)).listen(JSON.parse(readFileSync(config)).port)`
const server = path.join(folder, 'server.mjs')
writeFileSync(server, SERVER)
const answering = (text: string): string => `${quoted(process.execPath)} ${quoted(server)} {config} ${text}`
const REFUSING = 'false {config}'

suite('the comparison with another gateway', { concurrency: 3 }, () => {
  for (const [name, made] of [['routes', make('routes')], ['templates', make('templates')], ['the other kinds', together(['pipelines', 'lua', 'expressions', 'schemas'])]] as const) {
    test(`${name}: Cuttle answers as Cuttle does`, async () => {
      const { found, recorded } = await createPlayer().compare(made, { other: cuttle, cuttle })
      assert.deepEqual(found, [])
      assert.ok(recorded.includes('"expect"'), 'it started, and its answers are recorded')
    })
  }

  test('a seed gives the same again', () => {
    for (const generate of Object.values(KINDS)) assert.deepEqual(generate(createDice(SEED)), generate(createDice(SEED)))
  })

  test('another answer is found', async () => {
    const cases = [{ name: 'one', request: { path: '/small' } }]
    const { found } = await createPlayer().compare({ ...SMALLEST, cases }, { other: answering('1'), cuttle: answering('2') })
    assert.equal(found.length, 1)
    assert.match(found[0]!.problems.join('\n'), /body: want 1, have 2/)
  })

  test('a configuration that the other gateway refuses is a difference, one that Cuttle refuses too is none', async () => {
    const { found } = await createPlayer().compare(SMALLEST, { other: REFUSING, cuttle: answering('1') })
    assert.deepEqual(found.map((one) => one.case), ['is refused'])
    assert.deepEqual((await createPlayer().compare(SMALLEST, { other: REFUSING, cuttle: REFUSING })).found, [])
  })

  test('templates that Cuttle alone refuses are known', () => {
    const isTold = (kind: Kind): boolean => !isKnown(SMALLEST, { case: 'starts', problems: ['the gateway did not start'] }, kind)
    assert.deepEqual([isTold('templates'), isTold('routes')], [false, true])
  })
})

function createPlayer(): Player {
  return new Player(mkdtempSync(path.join(folder, 'player-')), new AbortController().signal)
}

function make(kind: Kind): Suite {
  return KINDS[kind](createDice(SEED))
}

/** One configuration, which starts faster than one for each; some of the requests of each. */
function together(kinds: readonly Kind[]): Suite {
  const all = kinds.map(make)
  return {
    config: { version: 3, endpoints: all.flatMap((one) => one.config.endpoints) },
    upstreams: { a: Object.assign({}, ...all.map((one) => one.upstreams.a)) as NonNullable<Suite['upstreams'][string]> },
    cases: all.flatMap((one) => one.cases.slice(0, 8)),
  }
}
