/** Expressions about a token: `(claims, nowMs) => boolean`, as auth/validator calls them. */
import { once } from '../pipeline.ts'
import type { JsonObject } from '../types.ts'
import { type CreateExpression, holds } from './expression.ts'
import { createVariables, toTime, toValue } from './variables.ts'

export function createTokenCheck(create: CreateExpression): (claims: JsonObject, nowMs: number) => boolean {
  const expression = once(create)
  return (claims, nowMs) => holds(expression(), createVariables({ JWT: () => toValue(claims, true), now: () => toTime(nowMs) }))
}
