/** Expressions about one text, such as a header's. */
import { once } from '../pipeline.ts'
import { type CreateExpression, holds } from './expression.ts'
import { createVariables, toTime } from './variables.ts'

/** Whether it holds, where `value` is the text. */
export function createTextCheck(create: CreateExpression): (value: string, nowMs: number) => boolean {
  const expression = once(create)
  return (value, nowMs) => holds(expression(), createVariables({ value: () => value, now: () => toTime(nowMs) }))
}
