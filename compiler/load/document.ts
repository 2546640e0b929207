/** What a file's text holds, and where in it each value stands. */
import type { Path } from '../diagnostics.ts'

export interface Document {
  value: unknown
  /** Of the value at `path`, or of the nearest value around it. */
  offsetOf(path: Path): number
  /** Keys that stand more than once in one object, where the format allows it. */
  repeated?: readonly Repeated[]
}
/** The last one counts. */
export interface Repeated {
  path: Path
  /** Where the others stand. */
  before: readonly number[]
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

/** Before the text, or as what is left of one in UTF-16. */
const BYTE_ORDER_MARK = /^(\uFEFF|\uFFFD{2})/

/** KrakenD's readers of JSON and TOML take it for a part of the text. Throws FormatError. */
export function refuseMark(text: string, code: string): void {
  if (BYTE_ORDER_MARK.test(text)) throw new FormatError(code, [{ offset: 0, message: 'expected UTF-8 without a byte order mark (BOM): save the file so' }])
}

/** Keys count in any letter case, as KrakenD reads them; the very one goes before, and of equal ones the last. */
export const findKey = <T>(items: readonly T[], keyOf: (item: T) => unknown, name: string): T | undefined =>
  items.findLast((item) => keyOf(item) === name) ?? items.findLast((item) => String(keyOf(item)).toLowerCase() === name.toLowerCase())
