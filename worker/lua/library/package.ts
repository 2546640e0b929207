/** `require`, `module` and `package`: libraries that are open, and what a script puts into package.preload. There are no files. */
import { firstOf, index, invoke, plainText, setIndex } from '../operate.ts'
import { open, openGlobal, openGlobals, raise, type State } from '../state.ts'
import { finish, runThrough } from '../suspend.ts'
import { createModule, createTable, type Fn, isFunction, isModule, isTable, type Module, rawGet, rawSet, type Result, type Table, truthy, type Value } from '../value.ts'
import { tableOf, textOf } from './arguments.ts'

const PATH = './?.lua;/usr/local/share/lua/5.1/?.lua;/usr/local/share/lua/5.1/?/init.lua'

const preloaded: Fn = (state, ...given) => {
  const name = textOf(state, given, 1, 'require')
  const preload = index(state, open(state, PACKAGE), 'preload')
  if (!isTable(preload)) raise(state, 'package.preload must be a table')
  return index(state, preload, name) ?? `no field package.preload['${name}']`
}
const fromFile: Fn = (state, ...given) => {
  const name = textOf(state, given, 1, 'require').replaceAll('.', '/')
  return PATH.split(';').map((pattern) => `stat ${pattern.replace('?', name)}: no such file or directory`).join('\n\t')
}

export const PACKAGE: Module = createModule({
  config: '/\n;\n?\n!\n-\n',
  cpath: '',
  loadlib: (state) => raise(state, 'loadlib is not supported'),
  loaded: createModule({}),
  path: PATH,
  preload: createModule({}),
  seeall: (state, ...given) => {
    const table = tableOf(state, given, 1, 'seeall')
    table.meta ??= createTable()
    rawSet(table.meta, '__index', openGlobals(state))
    return []
  },
}, [], (state, table) => fillLoaded(state, rawGet(table, 'loaded') as Table))

/** package.loaded has the libraries of this state. */
function fillLoaded(state: State, loaded: Table): void {
  rawSet(loaded, '_G', openGlobals(state))
  for (const name of ['package', 'table', 'string', 'math', 'os', 'io', 'debug', 'coroutine']) {
    const library = state.globals.hash!.get(name) as Value | Module
    if (isTable(library)) rawSet(loaded, name, library)
    else if (isModule(library)) rawSet(loaded, name, openGlobal(state, library))
  }
}
function loadedOf(state: State): Table {
  const loaded = index(state, open(state, PACKAGE), 'loaded')
  return isTable(loaded) ? loaded : raise(state, 'package.loaded must be a table')
}

export const require: Fn = (state, ...given) => {
  const name = textOf(state, given, 1, 'require')
  const loaded = loadedOf(state)
  const known = rawGet(loaded, name)
  if (truthy(known)) return known
  const steps = load(state, name, loaded)
  return state.waits ? steps : runThrough(steps)
}

function* load(state: State, name: string, loaded: Table): Generator<unknown, Result, unknown> {
  const messages: string[] = []
  for (const loader of [preloaded, fromFile]) {
    const found = firstOf(yield* finish(invoke(state, loader, name)))
    if (!isFunction(found)) {
      messages.push(plainText(found))
      continue
    }
    const value = firstOf(yield* finish(invoke(state, found, name)))
    if (value !== undefined) rawSet(loaded, name, value)
    else if (rawGet(loaded, name) === undefined) rawSet(loaded, name, true)
    return rawGet(loaded, name)
  }
  return raise(state, `module ${name} not found:\n\t${messages.join('\n\t')}, `)
}

/** module('a.b', …): a table of globals that is the caller's environment from here on. */
export const module: Fn = (state, ...given) => {
  const name = textOf(state, given, 1, 'module')
  const loaded = loadedOf(state)
  const known = rawGet(loaded, name)
  const table = isTable(known) ? known : findTable(state, name)
  rawSet(loaded, name, table)
  if (rawGet(table, '_NAME') === undefined) {
    rawSet(table, '_M', table)
    rawSet(table, '_NAME', name)
    rawSet(table, '_PACKAGE', name.slice(0, name.lastIndexOf('.') + 1))
  }
  const environment = state.environments[state.depth]
  if (environment) environment.table = table
  for (const option of given.slice(1)) invoke(state, option, table)
  return table
}

function findTable(state: State, name: string): Table {
  let table = openGlobals(state)
  for (const part of name.split('.')) {
    const within = rawGet(table, part)
    if (within !== undefined && !isTable(within)) return raise(state, `name conflict for module: ${name}`)
    const found = within ?? createTable()
    if (!within) setIndex(state, table, part, found)
    table = found
  }
  return table
}
