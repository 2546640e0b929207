/** What of the debug library makes sense without a machine's registers. */
import { openGlobals, type State, where } from '../state.ts'
import { createModule, createTable, type Fn, isFunction, NONE, rawSet, type Value } from '../value.ts'
import { anyOf, functionOf, integerOf, oneOfTypes, optionalInteger } from './arguments.ts'
import { getMetatable, setMetatable } from './base.ts'

const traceback: Fn = (state, ...given) => {
  const level = optionalInteger(state, given, 2, 'traceback', 1)
  const lines: string[] = ['stack traceback:']
  for (let i = level; i <= state.depth; i++) lines.push(`\t${where(state, i + 1)} in ${i === state.depth ? 'main chunk' : 'function <string>'}`)
  lines.push('\t[G]: ?')
  return (typeof given[0] === 'string' && given[0] !== '' ? `${given[0]}\n` : '') + lines.join('\n')
}

const getinfo: Fn = (state, ...given) => {
  oneOfTypes(state, given, 1, 'getinfo', ['function', 'number'])
  const [which] = given
  if (typeof which === 'number' && which > state.depth) return undefined
  const table = createTable()
  const line = typeof which === 'number' && which > 0 ? (state.lines[state.depth - which + 1] ?? -1) : -1
  const members: readonly [string, Value][] = [
    ['what', which === 0 ? 'G' : which === state.depth ? 'main' : 'Lua'], ['source', '<string>'], ['currentline', line],
    ['nups', 0], ['linedefined', 0], ['lastlinedefined', 0], ['func', isFunction(which) ? which : undefined],
  ]
  for (const [key, value] of members) rawSet(table, key, value)
  return table
}

const nothing = (state: State, ...given: Value[]): Value => (integerOf(state, given, 2, 'getlocal'), undefined)

export const DEBUG = createModule({
  getfenv: (state) => openGlobals(state),
  getinfo,
  getlocal: nothing,
  getmetatable: (state, ...given) => getMetatable(state, anyOf(state, given, 1, 'getmetatable')),
  getupvalue: (state, ...given) => (functionOf(state, given, 1, 'getupvalue'), undefined),
  setfenv: () => NONE,
  setlocal: nothing,
  setmetatable: (state, ...given) => {
    oneOfTypes(state, given, 2, 'setmetatable', ['nil', 'table'])
    setMetatable(state, given[0], given[1])
    return given[0]
  },
  setupvalue: (state, ...given) => (functionOf(state, given, 1, 'setupvalue'), undefined),
  traceback,
})
