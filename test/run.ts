/**
 * `npm test`: the lint, the types, then every *.test.ts. Ends with the line `N passed, N failed`; the exit code is 1 when anything
 * failed or no test ran. `npm test -- WORD …` runs the files whose names have one of the words.
 */
import { spawn } from 'node:child_process'
import { globSync } from 'node:fs'
import path from 'node:path'
import { run } from 'node:test'
import { fileURLToPath } from 'node:url'
import { createReport, createTotals, summary, type Totals } from './reporter.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
/** Longer than any test takes, and than all of them together: what goes on then has hung, and counts as failed. */
const TEST_MS = 2 * 60_000
const ALL_MS = 9.5 * 60_000
/** Files side by side: each starts processes of its own. */
const CONCURRENCY = 2
/** They take longest, so they start first. */
const FIRST = ['test/conformance.test.ts', 'test/package.test.ts']

process.chdir(ROOT)
// The tools and Node itself are those of the project, also without npm.
process.env.PATH = `${path.join(ROOT, 'node_modules', '.bin')}${path.delimiter}${process.env.PATH}`

// What the tests start again and again is compiled once.
process.env.NODE_COMPILE_CACHE ??= path.join(ROOT, 'node_modules', '.cache', 'cuttle')

const words = process.argv.slice(2)
const totals = createTotals()
if (!words.length) {
  await runTool('lint', 'oxlint', ['--type-aware'], totals)
  await runTool('types', 'tsc', ['-b'], totals)
}
const ran = await runTests(testFiles(words), totals)
if (!ran) console.log('no test ran')
console.log(summary(totals))
process.exit(totals.failed || !ran ? 1 : 0)

function testFiles(words: readonly string[]): string[] {
  const all = globSync('**/*.test.ts', { exclude: (name) => ['node_modules', 'dist', '.git', '.gateway'].includes(path.basename(name)) })
  const named = all.filter((file) => !words.length || words.some((word) => file.includes(word)))
  const rank = (file: string): number => (FIRST.indexOf(file) + FIRST.length + 1) % (FIRST.length + 1)
  return named.toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
}

/** A tool counts as one test, which passes when its exit code is 0. */
function runTool(name: string, command: string, args: readonly string[], totals: Totals): Promise<void> {
  const from = performance.now()
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: 'inherit' })
    const end = (good: boolean, reason: string): void => {
      totals[good ? 'passed' : 'failed']++
      console.log(`${good ? '✔' : '✖'} ${name} ${((performance.now() - from) / 1000).toFixed(1)} s${reason}`)
      resolve()
    }
    child.on('error', (error) => end(false, `: ${error.message}`))
    child.on('exit', (code) => end(code === 0, code === 0 ? '' : `: ${command} ended with ${code}`))
  })
}

/** True if a test ran, skipped ones not counted. */
async function runTests(files: readonly string[], totals: Totals): Promise<boolean> {
  const before = totals.passed + totals.failed
  const describe = createReport(totals)
  const stream = files.length ? run({ files: files.map((file) => path.resolve(file)), concurrency: CONCURRENCY, timeout: TEST_MS, signal: AbortSignal.timeout(ALL_MS) }) : []
  for await (const event of stream) process.stdout.write(describe(event))
  return totals.passed + totals.failed > before
}
