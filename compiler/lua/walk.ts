/** What stands within statements and expressions. */
import type { Block, Expression, Statement } from './syntax.ts'

/** Something is called in it, beside what functions within it call. */
export function calls(body: Block): boolean {
  return body.statements.some((statement) => {
    if (statement.type === 'call' || statement.type === 'each') return true
    return blocksOf(statement).some(calls) || expressionsOf(statement).some(hasCall)
  })
}

export function blocksOf(statement: Statement): readonly Block[] {
  if (statement.type === 'if') return [...statement.branches.map(({ body }) => body), ...(statement.otherwise ? [statement.otherwise] : [])]
  return 'body' in statement ? [statement.body] : []
}

function expressionsOf(statement: Statement): readonly Expression[] {
  if (statement.type === 'if') return statement.branches.map(({ condition }) => condition)
  if (statement.type === 'count') return [statement.from, statement.to, ...(statement.step ? [statement.step] : [])]
  const values = 'values' in statement ? statement.values : []
  if (statement.type === 'assign') return [...statement.targets, ...values]
  return 'condition' in statement ? [statement.condition] : values
}

function hasCall(expression: Expression): boolean {
  if (expression.type === 'call') return true
  if (expression.type === 'index') return hasCall(expression.object) || hasCall(expression.key)
  if (expression.type === 'binary') return hasCall(expression.left) || hasCall(expression.right)
  if (expression.type === 'unary') return hasCall(expression.operand)
  return expression.type === 'table' && expression.fields.some(({ key, value }) => (key !== null && hasCall(key)) || hasCall(value))
}
