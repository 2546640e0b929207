/**
 * What a run of the tests prints: a line a file and for each slow test as they end, a failed test's error in full, and one line at the
 * end. For `node --test --test-reporter=./test/reporter.ts` too.
 */
import path from 'node:path'
import type { TestEvent } from 'node:test/reporters'
import { inspect, styleText } from 'node:util'

export interface Totals {
  passed: number
  failed: number
  skipped: number
}
export const createTotals = (): Totals => ({ passed: 0, failed: 0, skipped: 0 })

/** `3 passed, 0 failed`, and how many were skipped if any were. */
export const summary = ({ passed, failed, skipped }: Totals): string => `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`

type Result = Extract<TestEvent, { type: 'test:complete' | 'test:pass' | 'test:fail' }>['data']
/** What this Node tells beside the types. */
type Identified = Result & { testId?: number; entryFile?: string }

/** From when on a test is worth a line of its own. */
const SLOW_MS = 3000

/** Counts a run's events and puts what they tell into words. */
export function createReport(totals: Totals): (event: TestEvent) => string {
  const shown = new Set<string>()
  const files = new Map<string, Totals>()
  return ({ type, data }) => {
    if (type === 'test:pass' || type === 'test:fail') count(totals, data)
    if (type === 'test:stderr' || type === 'test:stdout') return data.message
    if (type !== 'test:complete') return ''
    // A subtest's end is told by itself and again by its parent.
    const key = `${data.file} ${(data as Identified).entryFile ? (data as Identified).testId : ''}`
    if (shown.has(key)) return ''
    shown.add(key)
    const file = files.get(data.file!) ?? createTotals()
    files.set(data.file!, file)
    if (!isFile(data)) return count(file, data) === 'failed' ? failure(data) : slow(data)
    return fileLine(data, file)
  }
}

/** A whole file, as the runner sees it from outside. */
const isFile = ({ name, file }: Result): boolean => path.resolve(name) === file

/** Suites and parents that failed by their subtests are no results of their own; neither is a file, unless that is all there is. */
function count(totals: Totals, data: Result): keyof Totals | null {
  const outcome = outcomeOf(data)
  if (outcome) totals[outcome]++
  return outcome
}

function outcomeOf(data: Result): keyof Totals | null {
  const error = errorOf(data)
  if (data.details.type === 'suite' && (!error || error.failureType === 'subtestsFailed')) return null
  if (error?.failureType === 'subtestsFailed') return null
  // A file without a single test says nothing.
  if (error || isFile(data)) return 'failed'
  return data.skip !== undefined || data.todo !== undefined ? 'skipped' : 'passed'
}

/** The runner wraps what was thrown. */
const errorOf = ({ details }: Result): (Error & { failureType?: string }) | undefined => ('error' in details ? details.error : undefined)

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`
const relative = (file: string | undefined): string => path.relative(process.cwd(), file ?? '')
const mark = (good: boolean): string => (good ? styleText('green', '✔') : styleText('red', '✖'))

const slow = ({ name, file, details }: Result): string => (details.duration_ms < SLOW_MS || details.type === 'suite' ? '' : `  ${relative(file)} · ${name} ${seconds(details.duration_ms)}\n`)

function failure(data: Result): string {
  const { name, file, line } = data
  const error = errorOf(data)
  const thrown = error?.cause ?? error ?? 'failed'
  const text = typeof thrown === 'string' ? thrown : inspect(thrown, { depth: 8, maxStringLength: null, maxArrayLength: 200 })
  return `${mark(false)} ${styleText('bold', `${relative(file)}:${line} · ${name}`)}\n${text.replace(/^/gm, '    ')}\n`
}

function fileLine(data: Result, file: Totals): string {
  const { passed, failed, skipped } = file
  const took = seconds(data.details.duration_ms)
  if (passed + failed + skipped === 0) return failure({ ...data, name: errorOf(data) ? 'the file failed' : 'the file has no tests' })
  // The tests may have passed, and the process failed behind them.
  const crashed = failed === 0 && errorOf(data) ? failure({ ...data, name: 'the file failed' }) : ''
  return `${crashed}${mark(failed === 0 && !crashed)} ${relative(data.file)} ${summary(file)}, ${took}\n`
}

export default async function* report(source: AsyncIterable<TestEvent>): AsyncGenerator<string, void> {
  const totals = createTotals()
  const describe = createReport(totals)
  for await (const event of source) {
    const text = describe(event)
    if (text) yield text
  }
  yield `${summary(totals)}\n`
}
