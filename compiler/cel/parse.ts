/** CEL's grammar and macros are @bufbuild/cel's, which passes the specification's own tests. It is not in any bundle. */
import { parse } from '@bufbuild/cel'
import type { Call } from './check.ts'

export type Expr = ReturnType<typeof parse>['expr']
type Constant = Extract<Expr['exprKind'], { case: 'constExpr' }>['value']

export interface Parsed {
  expr: Expr
  /** Where a part stands in the text. */
  offsetOf(id: bigint): number
}

interface Bad {
  error: string
  offset: number
}

export function parseExpression(text: string): Parsed | Bad {
  try {
    // The parser ends a comment at the end of a line only.
    const { expr, sourceInfo } = parse(`${text}\n`)
    const offsetOf = (id: bigint): number => sourceInfo?.positions[String(id)] ?? 0
    return badEscape(text) ?? misuse(expr, offsetOf) ?? { expr, offsetOf }
  } catch (error) {
    const { rawMessage, message, location } = error as Error & { rawMessage?: string; location?: { start: { offset: number } } }
    return unclosed(text) ?? { error: rawMessage ?? message, offset: Math.min(location?.start.offset ?? 0, text.length) }
  }
}

const CLOSERS: { readonly [opener: string]: string } = { '(': ')', '[': ']', '{': '}' }
const COMMENT = String.raw`\/\/.*`
const RAW = String.raw`[bB]?[rR](?:'''[^]*?'''|"""[^]*?"""|'[^'\n]*'|"[^"\n]*")`
const TEXT = String.raw`[bB]?(?:'''(?:\\[^]|[^\\])*?'''|"""(?:\\[^]|[^\\])*?"""|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*")`
const TOKENS = new RegExp(String.raw`${COMMENT}|${RAW}|${TEXT}|[()[\]{}'"]`, 'g')

/** What the parser takes for the end of the expression is often a bracket or a text that nobody closed. */
function unclosed(text: string): Bad | null {
  const open: { opener: string; offset: number }[] = []
  for (const { 0: token, index } of text.matchAll(TOKENS)) {
    if (token === "'" || token === '"') return { error: `the text that begins here has no end: expected ${token}`, offset: index }
    if (CLOSERS[token]) open.push({ opener: token, offset: index })
    else if (token.length === 1 && CLOSERS[open.pop()?.opener ?? ''] !== token) return { error: `nothing is open that ${token} would close`, offset: index }
  }
  const last = open.pop()
  return last ? { error: `nothing closes ${last.opener}: expected ${CLOSERS[last.opener]}`, offset: last.offset } : null
}

const ESCAPES = /\\(?:[abfnrtv"'`\\?]|[0-3][0-7]{2}|[xX][\da-fA-F]{2}|(u[\da-fA-F]{4}|U[\da-fA-F]{8})|([^]))/g

/** The parser takes what is no escape as it stands; to cel-go it is an error. Bytes have no escapes of Unicode. */
function badEscape(text: string): Bad | null {
  for (const { 0: token, index: at } of text.matchAll(TOKENS)) {
    if (!/^[bB]?['"]./s.test(token)) continue
    for (const { 0: escape, 1: unicode, 2: odd, index } of token.matchAll(ESCAPES)) if (odd ?? (/^b/i.test(token) && unicode)) return { error: `${escape.slice(0, 2)} is no escape`, offset: at + index }
  }
  return null
}

/** What cel-go's parser refuses beyond the grammar: numbers that no type holds, and macros that can't be expanded. */
function misuse(expr: Expr, offsetOf: Parsed['offsetOf']): Bad | null {
  const negated = new Set<Expr>()
  for (const part of partsOf(expr)) {
    const { case: kind, value } = part.exprKind
    // With a blank behind, the parser does not take a sign for the number's.
    if (kind === 'callExpr' && value.function === '-_') negated.add(value.args[0]!)
    const error = kind === 'constExpr' ? numberMisuse(value, negated.has(part)) : kind === 'callExpr' ? macroMisuse(value) : null
    if (error) return { error, offset: offsetOf(part.id) }
  }
  return null
}

function numberMisuse({ constantKind: { case: kind, value } }: Constant, negated: boolean): string | null {
  let fits = true
  if (kind === 'int64Value') fits = value >= -(2n ** 63n) && value < 2n ** 63n + (negated ? 1n : 0n)
  else if (kind === 'uint64Value') fits = value < 2n ** 64n
  else if (kind === 'doubleValue') fits = Number.isFinite(value)
  return fits ? null : 'the number is too large'
}

/** By their numbers of arguments: with any other, they are calls of unknown functions. */
const MACROS: { readonly [name: string]: readonly number[] } = { all: [2], exists: [2], exists_one: [2], filter: [2], map: [2, 3] }

function macroMisuse({ function: name, target, args }: Call): string | null {
  if (!target) return name === 'has' && args.length === 1 ? 'has() expects a field, as in has(a.b)' : null
  return Object.hasOwn(MACROS, name) && MACROS[name]!.includes(args.length) ? `${name}() expects a name first, as in ${name}(x, …)` : null
}

/** The expression and all within. */
function* partsOf(value: unknown): Generator<Expr> {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return
  if ('exprKind' in value) yield value as Expr
  for (const inner of Object.values(value)) yield* partsOf(inner)
}
