/** Functions → JavaScript: `function (S, a, b, ...va)`, a generator where it may wait (worker/lua/suspend.ts). */
import { type Context, createContext, declare, type Unit, use } from './context.ts'
import { block } from './statement.ts'
import type { Block, FunctionBody } from './syntax.ts'
import { calls } from './walk.ts'

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
