/** Go's text/template: runs nodes. The output is kept in pieces, so that a place in it leads back to a place in a template. */
import { CallError, TemplateError } from './error.ts'
import { type Functions, type TemplateFunction, type Type, TYPE_NAMES } from './function.ts'
import type { Command, Node, Operand, Pipe, Template } from './syntax.ts'
import { isDict, isList, isStruct, isTrue, print, sortedKeys, typeOf, type Value } from './value.ts'

export interface Piece {
  text: string
  file: string
  offset: number
  /** The template's own text, letter by letter; else what an action at that place gave. */
  literal: boolean
}

/** Go's own limit is 100,000; its stack is not JavaScript's. */
const MAX_DEPTH = 500
/** A loop that grows without end would take the machine's memory. */
const MAX_OUTPUT = 64 * 1024 * 1024

interface State {
  file: string
  /** Innermost last; the first is $. */
  variables: { name: string; value: Value }[]
  depth: number
}
type Jump = 'break' | 'continue' | undefined
/** No value comes through a pipe. */
const NONE = Symbol('none')
type Final = Value | typeof NONE

export function execute(templates: ReadonlyMap<string, Template>, functions: Functions, name: string, data: Value, maxLength = MAX_OUTPUT): Piece[] {
  const pieces: Piece[] = []
  let length = 0

  function write(text: string, state: State, offset: number, literal: boolean): void {
    length += text.length
    if (length > maxLength) fail('the output is too long', state, offset)
    if (text) pieces.push({ text, file: state.file, offset, literal })
  }

  function runTemplate(called: string, dot: Value, depth: number, at: { state: State; offset: number } | null): void {
    const template = templates.get(called)
    if (!template) return fail(`template ${JSON.stringify(called)} not defined`, at!.state, at!.offset)
    if (depth > MAX_DEPTH) fail(`exceeded maximum template depth (${MAX_DEPTH})`, at!.state, at!.offset)
    run(template.nodes, dot, { file: template.file, variables: [{ name: '$', value: dot }], depth })
  }

  function run(nodes: readonly Node[], dot: Value, state: State): Jump {
    for (const node of nodes) {
      const jump = runNode(node, dot, state)
      if (jump) return jump
    }
    return undefined
  }

  function runNode(node: Node, dot: Value, state: State): Jump {
    switch (node.kind) {
      case 'text':
        write(node.text, state, node.offset, true)
        return undefined
      case 'action': {
        const value = evalPipe(node.pipe, dot, state)
        if (!node.pipe.variables.length) write(value === undefined ? '<no value>' : print(value), state, node.offset, false)
        return undefined
      }
      case 'if':
      case 'with':
        return branch(node, dot, state)
      case 'range':
        return range(node, dot, state)
      case 'template':
        runTemplate(node.name, node.pipe ? evalPipe(node.pipe, dot, state) : undefined, state.depth + 1, { state, offset: node.offset })
        return undefined
      case 'break':
      case 'continue':
        return node.kind
      default:
        return node satisfies never
    }
  }

  function branch(node: Node & { kind: 'if' | 'with' | 'range' }, dot: Value, state: State): Jump {
    const mark = state.variables.length
    const value = evalPipe(node.pipe, dot, state)
    const jump = isTrue(value) ? run(node.body, node.kind === 'with' ? value : dot, state) : run(node.otherwise, dot, state)
    state.variables.length = mark
    return jump
  }

  function range(node: Node & { kind: 'if' | 'with' | 'range' }, dot: Value, state: State): Jump {
    const outer = state.variables.length
    const { pipe } = node
    const value = evalPipe(pipe, dot, state)
    const mark = state.variables.length
    let jump: Jump
    let ran = false
    for (const [index, item] of itemsOf(value, pipe, state)) {
      ran = true
      bind(pipe, index, item, state)
      jump = run(node.body, item, state)
      state.variables.length = mark
      if (jump === 'break') break
    }
    if (!ran) jump = run(node.otherwise, dot, state)
    state.variables.length = outer
    return ran ? undefined : jump
  }

  function* itemsOf(value: Value, pipe: Pipe, state: State): Generator<readonly [index: Value, item: Value]> {
    if (isList(value)) yield* value.map((item, i) => [BigInt(i), item] as const)
    else if (isDict(value)) yield* sortedKeys(value).map((key) => [key, value.get(key)] as const)
    else if (typeof value === 'bigint') {
      if (pipe.variables.length > 1) fail(`can't use ${value} to iterate over more than one variable`, state, pipe.offset)
      for (let i = 0n; i < value; i++) yield [undefined, i]
    } else if (value !== undefined && value !== null) fail(`range can't iterate over ${print(value)}`, state, pipe.offset)
  }

  /** One variable takes the item; of two the first takes the index. */
  function bind({ variables, assigns, offset }: Pipe, index: Value, item: Value, state: State): void {
    const values = variables.length > 1 ? [index, item] : [item]
    const first = state.variables.length - variables.length
    for (const [i, variable] of variables.entries()) {
      if (assigns) assign(variable, values[i], state, offset)
      else state.variables[first + i]!.value = values[i]
    }
  }

  function assign(variable: string, value: Value, state: State, offset: number): void {
    const found = state.variables.findLast((known) => known.name === variable)
    if (!found) return fail(`undefined variable: ${variable}`, state, offset)
    found.value = value
  }

  function evalPipe(pipe: Pipe, dot: Value, state: State): Value {
    let value: Final = NONE
    // An interface that holds nothing is no value any more once a pipe has carried it.
    for (const command of pipe.commands) value = evalCommand(command, dot, state, value) ?? undefined
    const result = value === NONE ? undefined : value
    for (const variable of pipe.variables) {
      if (pipe.assigns) assign(variable, result, state, pipe.offset)
      else state.variables.push({ name: variable, value: result })
    }
    return result
  }

  function evalCommand({ operands, offset }: Command, dot: Value, state: State, final: Final): Value {
    const [first, ...rest] = operands as [Operand, ...Operand[]]
    if (first.kind === 'function') return evalCall(first, rest, dot, state, final)
    if (rest.length || final !== NONE) fail(`can't give argument to non-function ${described(first)}`, state, first.offset)
    if (first.kind === 'nil') fail('nil is not a command', state, offset)
    return evalOperand(first, dot, state)
  }

  function evalOperand(operand: Operand, dot: Value, state: State): Value {
    switch (operand.kind) {
      case 'pipe':
        return evalPipe(operand, dot, state)
      case 'dot':
        return dot
      case 'nil':
        return null
      case 'bool':
      case 'string':
        return operand.value
      case 'number':
        return operand.ideal ?? fail(`${operand.text} overflows int`, state, operand.offset)
      case 'field':
        return fields(dot, operand.names, state, operand.offset)
      case 'variable':
        return fields(state.variables.findLast((known) => known.name === operand.name)?.value, operand.names, state, operand.offset)
      case 'chain':
        if (operand.of.kind === 'nil') fail('indirection through explicit nil', state, operand.offset)
        return fields(evalOperand(operand.of, dot, state), operand.names, state, operand.offset)
      case 'function':
        return evalCall(operand, [], dot, state, NONE)
      default:
        return operand satisfies never
    }
  }

  function fields(from: Value, names: readonly string[], state: State, offset: number): Value {
    let value = from
    for (const field of names) {
      if (value === undefined) continue
      if (value === null) fail(`nil pointer evaluating interface {}.${field}`, state, offset)
      if (isDict(value)) value = value.get(field)
      else if (isStruct(value) && value.fields.has(field)) value = value.fields.get(field)
      else fail(`can't evaluate field ${field} in type ${typeOf(value)}`, state, offset)
    }
    return value
  }

  function evalCall({ name: called, offset }: { name: string; offset: number }, operands: readonly Operand[], dot: Value, state: State, final: Final): Value {
    const found = functions[called] ?? fail(`${JSON.stringify(called)} is not a defined function`, state, offset)
    const { parameters, rest } = found
    const count = operands.length + (final === NONE ? 0 : 1)
    if (rest === null && count !== parameters.length) fail(`wrong number of args for ${called}: want ${parameters.length} got ${count}`, state, offset)
    if (count < parameters.length) fail(`wrong number of args for ${called}: want at least ${parameters.length} got ${operands.length}`, state, offset)
    if (called === 'and' || called === 'or') return shortCircuit(called, operands, dot, state, final)
    const typeOfArgument = (i: number): Type => parameters[i] ?? rest!
    const args = operands.map((operand, i) => evalArgument(operand, typeOfArgument(i), dot, state))
    if (final !== NONE) args.push(checked(final, typeOfArgument(args.length), state, offset))
    return invoke(found, called, args, state, offset)
  }

  function shortCircuit(called: 'and' | 'or', operands: readonly Operand[], dot: Value, state: State, final: Final): Value {
    let value: Value
    for (const operand of operands) {
      value = evalOperand(operand, dot, state)
      if (isTrue(value) === (called === 'or')) return value
    }
    return final === NONE ? value : final
  }

  function invoke(found: TemplateFunction, called: string, args: readonly Value[], state: State, offset: number): Value {
    try {
      return found.call(args)
    } catch (error) {
      if (error instanceof CallError || error instanceof RangeError) return fail(`error calling ${called}: ${error.message}`, state, offset)
      throw error
    }
  }

  /** A literal is read as its parameter's type asks for it. */
  function evalArgument(operand: Operand, type: Type, dot: Value, state: State): Value {
    const { kind, offset } = operand
    if (kind === 'nil') return type === 'any' ? null : type === 'dict' ? new Map<string, Value>() : fail(`cannot assign nil to ${TYPE_NAMES[type]}`, state, offset)
    if (type === 'any' || (kind !== 'number' && kind !== 'string' && kind !== 'bool')) return checked(evalOperand(operand, dot, state), type, state, offset)
    if (kind === 'number' && type === 'int' && operand.int !== null) return operand.int
    if (kind === 'number' && type === 'float' && operand.float !== null) return operand.float
    if (kind === type) return operand.value
    return fail(type === 'dict' || type === 'time' ? `can't handle ${described(operand)} for arg of type ${TYPE_NAMES[type]}` : `expected ${type === 'int' ? 'integer' : type}; found ${described(operand)}`, state, offset)
  }

  function checked(value: Value, type: Type, state: State, offset: number): Value {
    if (type === 'any') return value ?? null
    if (value === undefined) return type === 'dict' ? new Map<string, Value>() : fail(`invalid value; expected ${TYPE_NAMES[type]}`, state, offset)
    if (value === null) return fail(`wrong type for value; expected ${TYPE_NAMES[type]}; got interface {}`, state, offset)
    const fits = type === 'dict' ? isDict(value) : type === 'time' ? value instanceof Date : typeof value === { string: 'string', int: 'bigint', float: 'number', bool: 'boolean' }[type]
    return fits ? value : fail(`wrong type for value; expected ${TYPE_NAMES[type]}; got ${typeOf(value)}`, state, offset)
  }

  function fail(message: string, state: State, offset: number): never {
    throw new TemplateError(message, state.file, offset)
  }

  runTemplate(name, data, 0, null)
  return pieces
}

function described(operand: Operand): string {
  switch (operand.kind) {
    case 'string':
      return JSON.stringify(operand.value)
    case 'bool':
      return String(operand.value)
    case 'number':
      return operand.text
    case 'field':
      return `.${operand.names.join('.')}`
    case 'variable':
      return [operand.name, ...operand.names].join('.')
    case 'dot':
      return '.'
    case 'function':
      return operand.name
    case 'nil':
    case 'pipe':
    case 'chain':
      return operand.kind
    default:
      return operand satisfies never
  }
}

