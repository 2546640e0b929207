/** Expressions about the token, for auth/validator: those of validation/cel at the same endpoint, and of security/policies. */
import type { FeaturePlace } from '../feature.ts'
import { type CompiledExpression, compileExpression, placeTokenExpression } from './compile.ts'
import { MACROS } from './macros.ts'

/** Names of `(claims, nowMs) => boolean`, in the order in which they are asked. Their findings are the namespaces' own to report. */
export function tokenExpressions(place: FeaturePlace): string[] {
  const extra = place.around.endpoint ?? {}
  const expressions = expressionsAbout(sourcesOf(extra['validation/cel']), 'JWT').map((source) => compileExpression(source))
  return [...(switchesOff(expressions) ? [] : expressions), ...policiesOf(extra['security/policies'])].flatMap((compiled) => placeTokenExpression(compiled, place))
}

/** A syntax error in one switches all of a stage off. */
export const switchesOff = (expressions: readonly CompiledExpression[]): boolean => expressions.some(({ problems }) => problems.some(({ kind }) => kind === 'syntax'))

/** KrakenD looks for the letters, wherever they stand. */
export const expressionsAbout = (sources: readonly string[], letters: 'req' | 'resp' | 'JWT'): string[] => sources.filter((source) => source.includes(letters))

type Entry = { readonly check_expr?: unknown }

/** The texts of a validation/cel block; none where KrakenD can't read it. */
export function sourcesOf(block: unknown): string[] {
  if (!Array.isArray(block)) return []
  const texts = (block as readonly (Entry | null)[]).map((entry) => entry?.check_expr ?? '')
  return texts.every((text) => typeof text === 'string') ? texts : []
}

function policiesOf(block: unknown): CompiledExpression[] {
  const { jwt, disable_macros } = (typeof block === 'object' && block !== null ? block : {}) as { jwt?: { policies?: unknown }; disable_macros?: unknown }
  const policies = Array.isArray(jwt?.policies) ? (jwt.policies as readonly unknown[]).filter((policy) => typeof policy === 'string') : []
  return policies.map((policy) => {
    const compiled = compileExpression(policy, disable_macros === true ? undefined : MACROS)
    // What can't be asked is not granted.
    return compiled.text === null ? { ...compiled, text: '() => () => false', modules: {} } : compiled
  })
}
