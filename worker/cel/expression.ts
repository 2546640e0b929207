/** Compiled expressions (compiler/cel/emit.ts) at work. */
import type { Made } from '../types.ts'
import type { Value } from './values.ts'
import type { Variables } from './variables.ts'

export type Expression = (variables: Variables) => Value
/** What the compiler emits: made on first use, since patterns take a moment. */
export type CreateExpression = () => Expression

/** Whether an expression holds: anything but true, errors too, is a no. */
export function holds(expression: Expression, variables: Variables): boolean {
  try {
    return expression(variables) === true
  } catch {
    return false
  }
}

/** The place of the first that does not hold, or -1. */
export function createChecks(names: readonly string[], made: Made): (variables: Variables) => number {
  const expressions = names.map((name) => (made.code(name) as CreateExpression)())
  return (variables) => expressions.findIndex((expression) => !holds(expression, variables))
}
