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
    return { error: rawMessage ?? message, offset: location?.start.offset ?? 0 }
  }
}
