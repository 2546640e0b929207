/** Findings: what a configuration has wrong, all of it at once, each with its place and the nearest thing that would do. */

export type Path = readonly (string | number)[]

export interface Finding {
  /** error: KrakenD refuses to start. warning: it goes on, and something may not be as the author thinks. */
  severity: 'error' | 'warning'
  /** Stable, for scripts: `unknown-key`. */
  code: string
  path: Path
  message: string
  /** The nearest valid key or value. */
  suggestion?: string
  /** A warning with which a check, limit or filter does not work: `--strict` and `deploy` refuse it. */
  opensDoor?: true
}

export interface Report {
  readonly findings: Finding[]
  error(path: Path, code: string, message: string, suggestion?: string): void
  warn(path: Path, code: string, message: string, more?: Pick<Finding, 'suggestion' | 'opensDoor'>): void
}

export function createReport(): Report {
  const findings: Finding[] = []
  return {
    findings,
    error(path, code, message, suggestion) {
      findings.push({ severity: 'error', code, path, message, ...(suggestion && { suggestion }) })
    },
    warn(path, code, message, more) {
      findings.push({ severity: 'warning', code, path, message, ...more })
    },
  }
}

/** The configuration can't be used: KrakenD would not start either. */
export class RefusedError extends Error {
  override name = 'RefusedError'
  readonly findings: readonly Finding[]
  constructor(findings: readonly Finding[]) {
    super(`${findings.length} findings`)
    this.findings = findings
  }
}

/** Something the user can mend: shown without a stack. */
export class UserError extends Error {
  override name = 'UserError'
}

/** `endpoints[3].backend[0].url_pattern` */
export function formatPath(path: Path): string {
  let text = ''
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`
    else if (/^[\w@$-]+$/.test(part)) text += text ? `.${part}` : part
    else text += `[${JSON.stringify(part)}]`
  }
  return text || '(the whole file)'
}

/** The candidate that `name` was probably meant to be, or undefined if none is near. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined
  let least = Math.min(Math.max(1, Math.floor(name.length / 3)), MOST_LETTERS) + 1
  for (const candidate of candidates) {
    const away = candidate === name ? Number.POSITIVE_INFINITY : distance(name.toLowerCase(), candidate.toLowerCase(), least)
    if (away < least && isLike(name.toLowerCase(), candidate.toLowerCase(), away)) {
      least = away
      best = candidate
    }
  }
  return best
}

/** For `warn`. */
export const suggested = (suggestion: string | undefined): { suggestion?: string } => (suggestion ? { suggestion } : {})

/** Words that both have say nothing of those in which they differ: `disable_rest` is not meant to be `disable_health`. */
function isLike(name: string, candidate: string, away: number): boolean {
  const a = name.split(WORDS)
  const b = candidate.split(WORDS)
  while (a.length && a[0] === b[0]) [a, b].forEach((words) => words.shift())
  while (a.length && a.at(-1) === b.at(-1)) [a, b].forEach((words) => words.pop())
  const [short, long] = [a.join(''), b.join('')].toSorted((x, y) => x.length - y.length) as [string, string]
  return (away <= MOST_MISTAKEN && away * 2 <= long.length) || isWithin(short, long)
}
const WORDS = /[^a-z0-9]+/

/** `msg` within `message`: letters left out. */
function isWithin(short: string, long: string): boolean {
  let at = 0
  for (const letter of long) if (letter === short[at]) at++
  return at === short.length
}

/** Left out, and mistaken for others. */
const MOST_LETTERS = 6
const MOST_MISTAKEN = 4

/** Damerau-Levenshtein (neighbours swapped count once); gives up, with `limit`, on what is farther. */
function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit
  let before: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + same)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) next[j] = Math.min(next[j]!, before[j - 2]! + 1)
    }
    before = row
    row = next
  }
  return Math.min(row[b.length]!, limit)
}

/** A value as messages quote it: short. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (Array.isArray(value)) return value.length ? 'a list' : 'an empty list'
  if (typeof value === 'object' && value !== null) return 'an object'
  const text = JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}
