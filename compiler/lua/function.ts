/** Functions → JavaScript: `function (S, a, b, ...va)`, a generator where it may wait (worker/lua/suspend.ts). */
import { type Context, createContext, declare, type Unit, use } from './context.ts'
import { block } from './statement.ts'
import type { Block, Expression, FunctionBody, Statement } from './syntax.ts'

export function emitFunction(parent: Context, body: FunctionBody): string {
  const { unit } = parent
  const code = write(unit, parent, body)
  return unit.environments ? `((E) => ${use(parent, 'withEnvironment')}(${code}, E))({ table: E.table })` : code
}

/** A whole script. */
export const emitChunk = (unit: Unit, body: FunctionBody): string => write(unit, null, body)

function write(unit: Unit, parent: Context | null, body: FunctionBody): string {
  const generator = unit.waits && (unit.meta || calls(body.body))
  const context = createContext(unit, parent, body, generator)
  const parameters = body.parameters.map((name) => declare(context, name))
  const compatible = parent && body.vararg ? declare(context, 'arg') : null
  const code = block(context, body.body)
  const first = parent === null && unit.environments ? [`const E = { table: ${use(context, 'openGlobals')}(S) };`] : []
  const temporaries = ['r', 't', ...Array.from({ length: context.mostReceivers }, (_, i) => `m${i + 1}`)].filter((name) => new RegExp(`\\b${name} = `).test(code))
  // LUA_COMPAT_VARARG: a table of the arguments, unless `...` is used.
  const arg = compatible ? [context.rest === null && code.includes(compatible) ? `let ${compatible} = ${use(context, 'arg')}(va);` : code.includes(compatible) ? `let ${compatible};` : ''] : []
  const given = ['S', ...parameters, ...(body.vararg ? ['...va'] : [])].join(', ')
  const environment = unit.environments ? ['S.environments[d] = E;'] : []
  const lines = code.includes('L[d]') ? [`const L = S.lines;`] : []
  return `function${generator ? '*' : ''} (${given}) {\n${[
    ...first, `const d = ${use(context, 'enter')}(S);`, ...lines, ...environment, ...(temporaries.length ? [`let ${temporaries.join(', ')};`] : []), ...arg, code, endsWithReturn(body.body) ? '' : `S.depth = d - 1;\nreturn ${use(context, 'NONE')};`,
  ].filter(Boolean).join('\n')}\n}`
}

const endsWithReturn = ({ statements }: Block): boolean => statements.at(-1)?.type === 'return'

/** Something is called in it, beside what functions within it call. */
function calls(body: Block): boolean {
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
  switch (statement.type) {
    case 'local': case 'return': case 'each': return statement.values
    case 'assign': return [...statement.targets, ...statement.values]
    case 'while': case 'repeat': return [statement.condition]
    case 'if': return statement.branches.map(({ condition }) => condition)
    case 'count': return [statement.from, statement.to, ...(statement.step ? [statement.step] : [])]
    default: return []
  }
}

function hasCall(expression: Expression): boolean {
  switch (expression.type) {
    case 'call': return true
    case 'index': return hasCall(expression.object) || hasCall(expression.key)
    case 'binary': return hasCall(expression.left) || hasCall(expression.right)
    case 'unary': return hasCall(expression.operand)
    case 'table': return expression.fields.some(({ key, value }) => (key !== null && hasCall(key)) || hasCall(value))
    default: return false
  }
}
