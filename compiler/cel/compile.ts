/**
 * Expressions of a configuration → code of the gateway. What KrakenD does with one that is no good is the caller's to say: a syntax error
 * switches a block's expressions off, what does not check is skipped alone (security/RULES.md, validation/cel).
 */
import type { FeaturePlace } from '../feature.ts'
import { checkExpression } from './check.ts'
import { emitExpression } from './emit.ts'
import { type Library, STANDARD, VARIABLES } from './library.ts'
import { parseExpression } from './parse.ts'
import { show, STRING } from './types.ts'

/** Functions beside the standard ones, and the module of the run time that has them. */
export interface Further {
  functions: Library
  module: string
  /** Names of texts that it sees beside what KrakenD shows everywhere. */
  texts?: readonly string[]
}
const NONE: Further = { functions: {}, module: '' }

export interface Problem {
  /** `type`: it is skipped alone; `never`: it runs, and refuses whatever comes. */
  kind: 'syntax' | 'type' | 'never'
  message: string
}
export interface CompiledExpression {
  /** JavaScript, `() => (v) => value`; null: it does not compile. */
  text: string | null
  /** What it needs of the run time. */
  modules: { readonly [name: string]: string }
  problems: readonly Problem[]
}

export function compileExpression(source: string, further: Further = NONE): CompiledExpression {
  const parsed = parseExpression(source)
  const at = (offset: number): string => ` (at character ${offset + 1})`
  if ('error' in parsed) return { text: null, modules: {}, problems: [{ kind: 'syntax', message: parsed.error + at(parsed.offset) }] }
  const { expr, offsetOf } = parsed
  const checked = checkExpression(expr, { variables: further.texts ? new Map([...VARIABLES, ...further.texts.map((name) => [name, STRING] as const)]) : VARIABLES, functions: { ...STANDARD, ...further.functions } })
  if (checked.complaints.length) return { text: null, modules: {}, problems: checked.complaints.map(({ id, message }) => ({ kind: 'type', message: message + at(offsetOf(id)) })) }
  const { text, dynamic, badPatterns } = emitExpression(expr, checked, new Set(Object.keys(further.functions)))
  const problems: Problem[] = badPatterns.map(({ id, message }) => ({ kind: 'never', message: message + at(offsetOf(id)) }))
  if (checked.type.kind !== 'bool' && checked.type.kind !== 'dyn') problems.push({ kind: 'never', message: `expected a truth value, found ${show(checked.type)}` })
  const modules = { r: 'worker/cel/operators', ...(dynamic && { m: 'worker/regexp/dynamic' }), ...(further.module && { x: further.module }) }
  return { text, modules, problems }
}

/** The name under which a stage finds it. */
export const placeExpression = ({ text, modules }: CompiledExpression, place: FeaturePlace): string[] => (text === null ? [] : [place.code(text, modules)])

/** The name under which a stage finds an expression about one text, `value`: `(value, nowMs) => boolean`. */
export const placeTextExpression = ({ text, modules }: CompiledExpression, place: FeaturePlace): string[] =>
  text === null ? [] : [place.code(`t.createTextCheck(${text})`, { ...modules, t: 'worker/cel/text' })]

/** The name under which auth/validator finds it: `(claims, nowMs) => boolean`. */
export const placeTokenExpression = ({ text, modules }: CompiledExpression, place: FeaturePlace): string[] =>
  text === null ? [] : [place.code(`t.createTokenCheck(${text})`, { ...modules, t: 'worker/cel/token' })]
