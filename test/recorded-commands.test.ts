/** What KrakenD's command line answered (test/conformance/transform/cli.jsonl), asked of Cuttle's: exit codes, rule ids, and what -d tells. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, suite, test } from 'node:test'

interface Recorded {
  name: string
  args: readonly string[]
  exit_code: number
  stdout: string
  stderr: string
}

const CLI = path.join(import.meta.dirname, '..', 'compiler', 'cli.ts')
const [head, ...lines] = readFileSync(new URL('conformance/transform/cli.jsonl', import.meta.url), 'utf8').trim().split('\n')
const recorded = lines.map((line) => JSON.parse(line) as Recorded)
const folder = mkdtempSync(path.join(tmpdir(), 'cuttle-recorded-'))
for (const [name, text] of Object.entries((JSON.parse(head!) as { files: { [name: string]: string } }).files)) writeFileSync(path.join(folder, name), text)
after(() => rmSync(folder, { recursive: true, force: true }))

/**
 * `run`, and plugins of Go, are Cuttle's own affair: a refused configuration ends `run` with 1, and so does a missing one, where
 * KrakenD says 255 and 0.
 */
const isCompared = ({ args }: Recorded): boolean => !['run', 'test-plugin'].includes(args[0]!)

function cuttle(args: readonly string[]): Promise<{ code: number; stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [CLI, ...args], { cwd: folder }, (_error, _stdout, stderr) => resolve({ code: child.exitCode!, stderr }))
  })
}

/** What follows the lines that name the file, and stands before the verdict. */
const dumped = (text: string): string => text.slice(text.indexOf('Global settings\n')).replace(/Syntax OK!\n$/, '')

suite('as KrakenD answers', () => {
  for (const run of recorded.filter(isCompared)) {
    test(run.name, async () => {
      const { code, stderr } = await cuttle(run.args)
      assert.equal(code, run.exit_code, stderr)
      if (run.args[0] === 'audit' && !/ERROR|Please/.test(run.stderr)) assert.equal(stderr, run.stderr)
      if (run.stderr.includes('Global settings\n')) assert.equal(dumped(stderr), dumped(run.stderr))
    })
  }

  test('all but a few are compared', () => assert.ok(recorded.filter(isCompared).length >= 34))
})
