/** What the commands print: findings with their places, progress, and colours where they are seen. */
import { styleText } from 'node:util'
import { type Finding, formatPath } from './diagnostics.ts'
import { type Position, type Source, UnreadableError } from './load/source.ts'
import type { Plan } from './plan.ts'

type Style = Parameters<typeof styleText>[0]

/**
 * Standard error: results for programs go to standard output. styleText asks whether the stream is a terminal, and NO_COLOR; Node 20's
 * does so for one style at a time only.
 */
export const style = (styles: string | readonly string[], text: string): string => [styles].flat().reduce((styled, one) => styleText(one as Style, styled, { stream: process.stderr }), text)
export const say = (text: string): void => void process.stderr.write(`${text}\n`)

/** Those that the configuration names, without what every gateway answers. */
export const ownEndpoints = ({ endpoints }: Pick<Plan, 'endpoints'>): Plan['endpoints'] => endpoints.filter(({ written }) => written !== null)

export function countEndpoints(plan: Pick<Plan, 'endpoints'>): string {
  const { length } = ownEndpoints(plan)
  return `${length} endpoint${length === 1 ? '' : 's'}`
}

interface Placed {
  finding: Finding
  at: Position
}

/** `gateway.json:3:5: error: endpoints[0].timeout: expected …`; what would be said many times is said once. */
export function printFindings(findings: readonly Finding[], source: Source, positions?: readonly Position[]): void {
  const placed = findings.map((finding, i): Placed => ({ finding, at: positions?.[i] ?? source.locate(finding.path) }))
  placed.sort((a, b) => fileOf(a.at, source).localeCompare(fileOf(b.at, source)) || a.at.line - b.at.line || a.at.column - b.at.column)
  const alike = new Map<string, Placed[]>()
  for (const one of placed) {
    const same = alike.get(kindOf(one.finding))
    if (same) same.push(one)
    else alike.set(kindOf(one.finding), [one])
  }
  for (const one of placed) {
    const [first, ...others] = alike.get(kindOf(one.finding))!
    const file = fileOf(one.at, source)
    if (one === first || others.length < MANY) say(formatFinding(one.finding, file, one.at))
    if (one === first && others.length >= MANY) say(`  and ${others.length} times more: ${shortly(others, file, source)}`)
  }
  const errors = findings.filter(({ severity }) => severity === 'error').length
  if (findings.length) say(summary(errors, findings.length - errors))
}
const MANY = 3
const SHOWN = 12

const kindOf = (finding: Finding): string => JSON.stringify({ ...finding, path: [] })

/** `5:7, 9:7, …` */
function shortly(placed: readonly Placed[], file: string, source: Source): string {
  // A template's is that of all that it makes.
  const places = [...new Set(placed.map(({ at }) => `${fileOf(at, source) === file ? '' : `${fileOf(at, source)}:`}${at.line}:${at.column}`))]
  return `${places.slice(0, SHOWN).join(', ')}${places.length > SHOWN ? ', …' : ''}`
}

const fileOf = ({ file }: Position, source: Source): string => file ?? source.file

export const positionsOf = (error: unknown): readonly Position[] | undefined => (error instanceof UnreadableError ? error.positions : undefined)

function formatFinding({ severity, code, path, message, suggestion, opensDoor }: Finding, file: string, { line, column }: Position): string {
  const kind = severity === 'error' ? style(['red', 'bold'], 'error') : style(['yellow', 'bold'], 'warning')
  const where = path.length ? `${formatPath(path)}: ` : ''
  const hint = suggestion ? ` — did you mean ${style('bold', suggestion)}?` : ''
  const door = opensDoor ? ` ${style('red', '(leaves a door open)')}` : ''
  return `${style('bold', `${file}:${line}:${column}`)}: ${kind}: ${where}${message}${hint}${door} ${style('dim', `[${code}]`)}`
}

function summary(errors: number, warnings: number): string {
  const count = (n: number, word: string): string => (n ? `${n} ${word}${n === 1 ? '' : 's'}` : '')
  return [count(errors, 'error'), count(warnings, 'warning')].filter(Boolean).join(', ')
}

/** Findings as JSON lines for programs, on standard output. */
export function writeFindings(findings: readonly Finding[], source: Source, positions?: readonly Position[]): void {
  for (const [i, finding] of findings.entries()) {
    const at = positions?.[i] ?? source.locate(finding.path)
    process.stdout.write(`${JSON.stringify({ ...finding, path: formatPath(finding.path), file: fileOf(at, source), line: at.line, column: at.column })}\n`)
  }
}

export const kilobytes = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KB`
