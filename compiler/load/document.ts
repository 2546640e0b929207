/** What a file's text holds, and where in it each value stands. */
import type { Path } from '../diagnostics.ts'

export interface Document {
  value: unknown
  /** Of the value at `path`, or of the nearest value around it. */
  offsetOf(path: Path): number
}

export interface Problem {
  offset: number
  message: string
}

/** The text is not of its format. */
export class FormatError extends Error {
  override name = 'FormatError'
  /** Of the findings: `not-json`. */
  readonly code: string
  readonly problems: readonly Problem[]
  constructor(code: string, problems: readonly Problem[]) {
    super(problems[0]?.message ?? code)
    this.code = code
    this.problems = problems
  }
}

/** Keys count in any letter case, as KrakenD reads them; the very one goes before, and of equal ones the last. */
export const findKey = <T>(items: readonly T[], keyOf: (item: T) => unknown, name: string): T | undefined =>
  items.findLast((item) => keyOf(item) === name) ?? items.findLast((item) => String(keyOf(item)).toLowerCase() === name.toLowerCase())
