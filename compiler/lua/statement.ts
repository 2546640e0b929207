/** Statements → JavaScript. */
import { type Context, compileError, declare, fresh, mark, resolve, scoped, use } from './context.ts'
import { all, call, isMultiple, listOf, operation, rawCall, tailCall, textLiteral, truth, value } from './expression.ts'
import { jump, range } from './goto.ts'
import type { Block, Expression, Index, Name, Statement } from './syntax.ts'

/** A block's statements, in a scope of their own. */
export const block = (context: Context, body: Block): string => scoped(context, () => range(context, body.statements))

export function statement(context: Context, given: Statement): string {
  const told = isQuiet(given) ? null : mark(context, given.line)
  const code = write(context, given)
  return told === null ? code : `${told};\n${code}`
}

/** Nothing in it can fail, so nobody asks for its line. */
const isQuiet = (given: Statement): boolean => given.type === 'do' || given.type === 'repeat' || given.type === 'while' || given.type === 'break' || given.type === 'goto' || given.type === 'label' || (given.type === 'local' && given.values.every(isConstant))
const isConstant = ({ type }: Expression): boolean => type === 'nil' || type === 'true' || type === 'false' || type === 'number' || type === 'text' || type === 'function'

function write(context: Context, given: Statement): string {
  switch (given.type) {
    case 'local': return local(context, given)
    case 'assign': return given.targets.length === 1 && given.values.length === 1 ? `${assign(context, given.targets[0]!, () => value(context, given.values[0]!))};` : assignAll(context, given)
    case 'call': return `${context.generator ? '' : use(context, 'settle')}(${call(context, given.call)});`
    case 'do': return `{\n${block(context, given.body)}\n}`
    case 'while': return loop(context, (label) => `${label}for (;;) {\nif (!(${truth(context, given.condition)})) break;\n${turn(context)}\n${block(context, given.body)}\n}`)
    case 'repeat': return repeat(context, given)
    case 'if': return branches(context, given)
    case 'count': return count(context, given)
    case 'each': return each(context, given)
    case 'return': return returned(context, given)
    case 'break': return context.loops.length ? `break ${context.loops.at(-1)};` : compileError('no loop to break', given.line)
    case 'goto': return jump(context, given)
    case 'label': return ''
    default: return given satisfies never
  }
}

function local(context: Context, { names, values: given }: Extract<Statement, { type: 'local' }>): string {
  const [only] = given
  if (names.length === 1 && given.length === 1 && only!.type === 'function') {
    // A function sees itself, also where it is not written as a local function: gopher-lua's way.
    const own = declare(context, names[0]!)
    return `let ${own}; ${own} = ${context.unit.emit.function(context, only.body)};`
  }
  if (names.length === given.length && !isMultiple(given.at(-1)!)) {
    const codes = given.map((expression) => value(context, expression))
    return `let ${names.map((name, i) => [name, codes[i]] as const).map(([name, code]) => `${declare(context, name)} = ${code}`).join(', ')};`
  }
  if (!given.length) return `let ${names.map((name) => declare(context, name)).join(', ')};`
  const list = fresh(context, 'list')
  const code = listOf(context, given)
  return `const ${list} = ${code};\nlet ${names.map((name, i) => `${declare(context, name)} = ${list}[${i}]`).join(', ')};`
}

function assign(context: Context, target: Name | Index, given: () => string): string {
  if (target.type === 'index') {
    const object = value(context, target.object)
    const key = value(context, target.key)
    return operation(context, target.line, 'setIndex', [object, key, given()])
  }
  const own = resolve(context, target.name)
  if (own !== null) return `${own} = ${given()}`
  const code = given()
  if (context.unit.environments) return operation(context, target.line, 'setIndex', ['E.table', textLiteral(target.name), code])
  return operation(context, target.line, 'setGlobal', [textLiteral(target.name), code])
}

/** Objects and keys from the left, then values, then the assignments from the right: gopher-lua's order. */
function assignAll(context: Context, { targets, values: given }: Extract<Statement, { type: 'assign' }>): string {
  const lines: string[] = []
  const keep = (code: string): string => {
    const own = fresh(context, 'v')
    lines.push(`const ${own} = ${code};`)
    return own
  }
  const places = targets.map((target) => (target.type === 'name' ? null : { object: keep(value(context, target.object)), key: keep(value(context, target.key)) }))
  const several = isMultiple(given.at(-1)!) || given.length !== targets.length
  const list = several ? keep(listOf(context, given)) : null
  const results = targets.map((_, i) => (list === null ? keep(value(context, given[i]!)) : `${list}[${i}]`))
  const done = targets.map((target, i) => {
    const place = places[i]
    return place ? operation(context, target.line, 'setIndex', [place.object, place.key, results[i]!]) : assign(context, target, () => results[i]!)
  })
  return `{\n${[...lines, ...done.toReversed().map((code) => `${code};`)].join('\n')}\n}`
}

/** Loops end when the script has had its turns. */
const turn = (context: Context): string => `if (--S.fuel < 0) ${use(context, 'spend')}(S, 0);`

/** The line is unknown at a loop's head and behind it. */
function loop(context: Context, emit: (label: string) => string): string {
  const label = fresh(context, 'loop')
  context.loops.push(label)
  context.line = -1
  const code = emit('')
  context.loops.pop()
  context.line = -1
  return code.includes(`break ${label};`) ? code.replace(/\b(?=for \()/, `${label}: `) : code
}

const repeat = (context: Context, given: Extract<Statement, { type: 'repeat' }>): string =>
  loop(context, () => scoped(context, () => `for (;;) {\n${turn(context)}\n${range(context, given.body.statements)}\nif (${truth(context, given.condition)}) break;\n}`))

function branches(context: Context, given: Extract<Statement, { type: 'if' }>): string {
  let code = ''
  let closing = ''
  for (const [i, { condition, body }] of given.branches.entries()) {
    const test = truth(context, condition)
    const { line } = context
    code += `${i ? ' else {\n' : ''}if (${test}) {\n${block(context, body)}\n}`
    if (i) closing += '\n}'
    context.line = line
  }
  if (given.otherwise) code += ` else {\n${block(context, given.otherwise)}\n}`
  context.line = -1
  return code + closing
}

function count(context: Context, given: Extract<Statement, { type: 'count' }>): string {
  const [at, from, to, step] = ['at', 'from', 'to', 'step'].map((name) => fresh(context, name)) as [string, string, string, string]
  const number = (own: string, code: string, what: string): string => `${use(context, 'loopNumber')}(S, ${own}, '${what}');${code}`
  const begin = `const ${from} = ${value(context, given.from)}, ${to} = ${value(context, given.to)}, ${step} = ${given.step ? value(context, given.step) : '1'};`
  const told = mark(context, given.line)
  const checks = (given.from.type === 'number' ? '' : number(from, '', 'init')) + (given.step && given.step.type !== 'number' ? number(step, '', 'step') : '') + (given.to.type === 'number' ? '' : number(to, '', 'limit'))
  const body = loop(context, () => {
    // Whole steps are added as they are; others as gopher-lua adds them, from one step before the first.
    const constant = given.step === null ? 1 : constantOf(given.step)
    const head = constant !== null && Number.isInteger(constant) && constant !== 0
      ? `for (let ${at} = ${from}; ${at} ${constant > 0 ? '<=' : '>='} ${to}; ${at} += ${constant})`
      : `for (let ${at} = ${from} - ${step}; (${at} += ${step}), ${step} > 0 ? ${at} <= ${to} : ${at} >= ${to}; )`
    return scoped(context, () => {
      const own = declare(context, given.name)
      return `${head} {\n${turn(context)}\nlet ${own} = ${at};\n${block(context, given.body)}\n}`
    })
  })
  return `{\n${begin}\n${told === null ? '' : `${told};\n`}${checks}\n${body}\n}`
}

function constantOf(expression: Expression): number | null {
  if (expression.type === 'number') return expression.value
  return expression.type === 'unary' && expression.operator === '-' && expression.operand.type === 'number' ? -expression.operand.value : null
}

function each(context: Context, given: Extract<Statement, { type: 'each' }>): string {
  const [list, turns, control, results] = ['list', 'turns', 'control', 'results'].map((name) => fresh(context, name)) as [string, string, string, string]
  const begin = `const ${list} = ${listOf(context, given.values)};\nlet ${control} = ${list}[2];\nconst ${turns} = ${use(context, 'iterate')}(${list}[0], ${list}[1], ${control});`
  const step = `${use(context, 'fn')}(S, ${list}[0])(S, ${list}[1], ${control})`
  const made = context.generator ? `((r = ${step}) instanceof ${use(context, 'Generators')} ? yield* ${use(context, 'finish')}(r) : r)` : step
  const body = loop(context, () => scoped(context, () => {
    const names = given.names.map((name) => declare(context, name))
    const own = names.map((name, i) => (i === 0 ? `${name} = ${control} = ${results}[0]` : `${name} = ${results}[${i}]`)).join('; ')
    const native = `${names[0]} = ${turns}.key;${names.length > 1 ? ` ${names[1]} = ${turns}.value;` : ''}`
    const called = `L[d] = ${given.line};\nconst ${results} = ${use(context, 'all')}(${made});\nif (${results}[0] === undefined) break;\n${own};`
    return `for (;;) {\nlet ${names.join(', ')};\nif (${turns} !== null) {\nif (!${turns}.step()) break;\n${native}\n} else {\n${called}\n}\n${turn(context)}\n${block(context, given.body)}\n}`
  }))
  return `{\n${begin}\n${body}\n}`
}

function returned(context: Context, { values: given }: Extract<Statement, { type: 'return' }>): string {
  const [only] = given
  const leave = 'S.depth = d - 1;'
  if (!given.length) return `${leave}\nreturn ${use(context, 'NONE')};`
  if (given.length > 1) return `{\nconst v = [${listText(context, given)}];\n${leave}\nreturn v;\n}`
  if (only!.type === 'call' && !only.single) {
    if (context.generator) return `{\nconst v = ${rawCall(context, only)};\n${leave}\nreturn v;\n}`
    return `return ${tailCall(context, only)};`
  }
  return `{\nconst v = ${isMultiple(only!) ? all(context, only) : value(context, only!)};\n${leave}\nreturn v;\n}`
}
const listText = (context: Context, given: readonly Expression[]): string => listOf(context, given).replace(/^\[([\s\S]*)\]$/, '$1')
