/** CEL's grammar and macros are @bufbuild/cel's, which passes the specification's own tests. It is not in any bundle. */
import { parse } from '@bufbuild/cel'

export type Expr = ReturnType<typeof parse>['expr']

export interface Parsed {
  expr: Expr
  /** Where a part stands in the text. */
  offsetOf(id: bigint): number
}

export function parseExpression(text: string): Parsed | { error: string; offset: number } {
  try {
    const { expr, sourceInfo } = parse(text)
    return { expr, offsetOf: (id) => sourceInfo?.positions[String(id)] ?? 0 }
  } catch (error) {
    const { rawMessage, message, location } = error as Error & { rawMessage?: string; location?: { start: { offset: number } } }
    return unclosed(text) ?? { error: rawMessage ?? message, offset: location?.start.offset ?? 0 }
  }
}

const CLOSERS: { readonly [opener: string]: string } = { '(': ')', '[': ']', '{': '}' }
const TOKENS = /[rRbB]{0,2}(?:'''[^]*?'''|"""[^]*?"""|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*")|[()[\]{}'"]/g

/** What the parser takes for the end of the expression is often a bracket or a text that nobody closed. */
function unclosed(text: string): { error: string; offset: number } | null {
  const open: { opener: string; offset: number }[] = []
  for (const { 0: token, index } of text.matchAll(TOKENS)) {
    if (token === "'" || token === '"') return { error: `the text that begins here has no end: expected ${token}`, offset: index }
    if (CLOSERS[token]) open.push({ opener: token, offset: index })
    else if (token.length === 1 && CLOSERS[open.pop()?.opener ?? ''] !== token) return { error: `nothing is open that ${token} would close`, offset: index }
  }
  const last = open.pop()
  return last ? { error: `nothing closes ${last.opener}: expected ${CLOSERS[last.opener]}`, offset: last.offset } : null
}
