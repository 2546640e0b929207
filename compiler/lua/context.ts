/** Where the emitter stands: names of the function it is in, its labels, and the line that the run time knows of. */
import type { FunctionBody, Statement } from './syntax.ts'

/** What a whole program is compiled for. */
export interface Unit {
  /** Functions may wait: they are generators. */
  waits: boolean
  /** Metatables may bring functions of the script into any operator. */
  meta: boolean
  /** setfenv and module may change where globals are. */
  environments: boolean
  /** Functions of the run time that the text calls. */
  used: Set<string>
  count: number
  /** Rules of the grammar go round in circles; files do not. */
  emit: {
    function(context: Context, body: FunctionBody): string
    statement(context: Context, given: Statement): string
  }
}

export interface Label {
  label: string
  /** Where it stands in its block, and where the emitter is in that block. */
  index: number
  current: number
  forward: string
  backward: string
}

export interface Context {
  unit: Unit
  parent: Context | null
  body: FunctionBody
  generator: boolean
  scopes: Map<string, string>[]
  labels: Label[][]
  /** Labels of the loops around, for break. */
  loops: string[]
  /** The line that `lines[depth]` has here; -1: it depends on the way. */
  line: number
  /** Receivers of method calls that are under way at once. */
  receivers: number
  mostReceivers: number
  /** The name of the rest of the arguments, if they are used. */
  rest: string | null
}

export const createContext = (unit: Unit, parent: Context | null, body: FunctionBody, generator: boolean): Context => ({
  unit, parent, body, generator, scopes: [new Map()], labels: [], loops: [], line: -1, receivers: 0, mostReceivers: 0, rest: null,
})

/** A run-time function's name, noted as used. */
export function use({ unit }: Context, name: string): string {
  unit.used.add(name)
  return name
}

export const fresh = ({ unit }: Context, name: string): string => `${name}$${++unit.count}`

/** A new local: it hides what had its name before. */
export function declare(context: Context, name: string): string {
  const own = fresh(context, name)
  context.scopes.at(-1)!.set(name, own)
  return own
}

/** A local's name in the emitted text; null: a global. */
export function resolve(context: Context | null, name: string): string | null {
  for (let at = context; at; at = at.parent) {
    for (const scope of at.scopes.toReversed()) {
      const found = scope.get(name)
      if (found !== undefined) return found
    }
  }
  return null
}

export function scoped<T>(context: Context, emit: () => T): T {
  context.scopes.push(new Map())
  const result = emit()
  context.scopes.pop()
  return result
}

/** The text that tells the run time of another line, or null. */
export function mark(context: Context, line: number): string | null {
  if (context.line === line) return null
  context.line = line
  return `L[d] = ${line}`
}

/** gopher-lua's compile errors name no place that KrakenD understands. */
export function compileError(message: string, line: number): never {
  const shown = `compile error near line(${line}) <string>: ${message}`
  throw { syntax: true, message: shown, line: 0, column: 0 }
}
