/** Expressions → JavaScript. Values are what the run time says they are (worker/lua/value.ts). */
import { type Context, compileError, mark, resolve, use } from './context.ts'
import type { Binary, Call, Expression } from './syntax.ts'

/** One value. */
export function value(context: Context, expression: Expression): string {
  switch (expression.type) {
    case 'nil': return 'undefined'
    case 'true': case 'false': return expression.type
    case 'number': return numberLiteral(expression.value)
    case 'text': return textLiteral(expression.value)
    case 'name': return name(context, expression.name, expression.line)
    case 'index': return operation(context, expression.line, 'index', [value(context, expression.object), value(context, expression.key)])
    case 'call': return `${use(context, 'first')}(${call(context, expression)})`
    case 'vararg': return `${rest(context, expression.line)}[0]`
    case 'function': return context.unit.emit.function(context, expression.body)
    case 'table': return table(context, expression)
    case 'binary': return binary(context, expression)
    case 'unary': return unary(context, expression)
    default: return expression satisfies never
  }
}

export const numberLiteral = (number: number): string => (Object.is(number, -0) ? '-0' : String(number))

/** Bytes are escaped, so that no tool on the way takes them for Unicode. */
export const textLiteral = (text: string): string =>
  `"${text.replace(/[^ !#-[\]-~]/g, (character) => (character === '"' || character === '\\' ? `\\${character}` : `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`))}"`

/** Several values at the end give all of theirs: a list's text, to be put into brackets. */
export function values(context: Context, expressions: readonly Expression[]): string {
  return expressions.map((expression, i) => (i === expressions.length - 1 && isMultiple(expression) ? `...${all(context, expression)}` : value(context, expression))).join(', ')
}

type Multiple = Call | Extract<Expression, { type: 'vararg' }>
export const isMultiple = (expression: Expression): expression is Multiple => (expression.type === 'call' || expression.type === 'vararg') && !expression.single

/** All values as a list. */
export const all = (context: Context, expression: Multiple): string =>
  expression.type === 'vararg' ? rest(context, expression.line) : `${use(context, 'all')}(${call(context, expression)})`

/** All values of a list of expressions, as a list. */
export function listOf(context: Context, expressions: readonly Expression[]): string {
  const [only] = expressions
  return expressions.length === 1 && isMultiple(only!) ? all(context, only) : `[${values(context, expressions)}]`
}

function rest(context: Context, line: number): string {
  if (!context.body.vararg) compileError("cannot use '...' outside a vararg function", line)
  return (context.rest ??= 'va')
}

function name(context: Context, name: string, line: number): string {
  const local = resolve(context, name)
  if (local !== null) return local
  if (context.unit.environments) return operation(context, line, 'index', ['E.table', textLiteral(name)])
  return context.unit.meta ? operation(context, line, 'getGlobal', [textLiteral(name)]) : `${use(context, 'getGlobal')}(S, ${textLiteral(name)})`
}

/** An operator of the run time. The line is told after the operands, which may stand on others. */
export function operation(context: Context, line: number, operator: string, operands: readonly string[]): string {
  return waited(context, `${use(context, operator)}(S, ${marked(context, line, operands).join(', ')})`)
}

function marked(context: Context, line: number, operands: readonly string[]): readonly string[] {
  const told = mark(context, line)
  return told === null ? operands : [...operands.slice(0, -1), `${use(context, 'keep')}(${operands.at(-1)}, ${told})`]
}

/** A handler of a metatable may wait. */
function waited(context: Context, code: string): string {
  if (!context.generator || !context.unit.meta) return code
  return `((r = ${code}) instanceof ${use(context, 'Generators')} ? ${use(context, 'firstOf')}(yield* ${use(context, 'finish')}(r)) : r)`
}

/** A call with its result as it comes (worker/lua/value.ts, Result). */
export function call(context: Context, expression: Call): string {
  const code = rawCall(context, expression)
  return context.generator ? `((r = ${code}) instanceof ${use(context, 'Generators')} ? yield* ${use(context, 'finish')}(r) : r)` : code
}

/** In a generator: what may not have begun. */
export const rawCall = (context: Context, expression: Call): string => parts(context, expression, (callee, given) => `${use(context, 'fn')}(S, ${callee})(S${given && `, ${given}`})`)

/** `return f(…)`: the run time gives up this frame. */
export const tailCall = (context: Context, expression: Call): string => parts(context, expression, (callee, given) => `${use(context, 'tail')}(S, d, ${callee}, [${given}])`)

function parts(context: Context, { callee, method, values: given, line }: Call, join: (callee: string, given: string) => string): string {
  if (method === null) {
    const target = value(context, callee)
    const list = values(context, given)
    const told = mark(context, line)
    if (told === null) return join(target, list)
    return list === '' ? join(`${use(context, 'keep')}(${target}, ${told})`, '') : join(target, markLast(context, list, told))
  }
  const receiver = `m${++context.receivers}`
  context.mostReceivers = Math.max(context.mostReceivers, context.receivers)
  const object = value(context, callee)
  const target = operation(context, line, 'index', [receiver, textLiteral(method)])
  const list = values(context, given)
  const told = mark(context, line)
  context.receivers--
  const own = list === '' ? receiver : `${receiver}, ${told === null ? list : markLast(context, list, told)}`
  return `(${receiver} = ${object}, ${join(target, own)})`
}

/** The line is told once more behind arguments that stand on others. */
const markLast = (context: Context, list: string, told: string): string => `...${use(context, 'keep')}([${list}], ${told})`

function table(context: Context, { fields }: Extract<Expression, { type: 'table' }>): string {
  if (fields.every(({ key }) => key === null)) return `${use(context, 'list')}([${values(context, fields.map((field) => field.value))}])`
  const members = fields.map(({ key, value: given }, i) => {
    if (key) return `${value(context, key)}, ${value(context, given)}`
    return i === fields.length - 1 && isMultiple(given) ? `...${all(context, given)}.flatMap((item) => [${use(context, 'POSITION')}, item])` : `${use(context, 'POSITION')}, ${value(context, given)}`
  })
  return `${use(context, 'table')}(S, [${members.join(', ')}])`
}

const OPERATORS: { readonly [operator: string]: string } = { '+': 'add', '-': 'sub', '*': 'mul', '/': 'div', '%': 'mod', '^': 'pow', '<': 'lt', '<=': 'le', '==': 'eq', '~=': 'ne' }

function binary(context: Context, { operator, left, right, line }: Extract<Expression, { type: 'binary' }>): string {
  if (operator === 'and' || operator === 'or') return logical(context, operator, left, right)
  if (operator === '..') return concatenation(context, left, right, line)
  if (operator === '==' || operator === '~=') {
    if (isPlain(left) || isPlain(right)) return `(${value(context, left)} ${operator === '==' ? '===' : '!=='} ${value(context, right)})`
  }
  const a = value(context, left)
  const b = value(context, right)
  // `a > b` is `b < a`, evaluated from the left all the same.
  if (operator === '>' || operator === '>=') return operation(context, line, operator === '>' ? 'gt' : 'ge', [a, b])
  return operation(context, line, OPERATORS[operator]!, [a, b])
}

/** Texts, numbers and the like are equal or not, whatever metatables say. */
const isPlain = ({ type }: Expression): boolean => type === 'nil' || type === 'true' || type === 'false' || type === 'number' || type === 'text'

function logical(context: Context, operator: Binary, left: Expression, right: Expression): string {
  const first = value(context, left)
  const { line } = context
  const second = value(context, right)
  if (context.line !== line) context.line = -1
  return operator === 'and' ? `(${use(context, 'truthy')}(t = ${first}) ? ${second} : t)` : `(${use(context, 'truthy')}(t = ${first}) ? t : ${second})`
}

function concatenation(context: Context, left: Expression, right: Expression, line: number): string {
  const operands = [left]
  let last = right
  while (last.type === 'binary' && last.operator === '..') {
    operands.push(last.left)
    last = last.right
  }
  operands.push(last)
  const codes = operands.map((operand) => value(context, operand))
  return codes.length === 2 ? operation(context, line, 'concat', codes) : operation(context, line, 'concatAll', [`[${codes.join(', ')}]`])
}

function unary(context: Context, { operator, operand, line }: Extract<Expression, { type: 'unary' }>): string {
  if (operator === 'not') return `!${truth(context, operand)}`
  if (operator === '-' && operand.type === 'number') return `(${numberLiteral(-operand.value)})`
  return operation(context, line, operator === '-' ? 'unm' : 'len', [value(context, operand)])
}

const BOOLEAN = new Set(['==', '~=', '<', '<=', '>', '>='])

/** A JavaScript boolean. */
export function truth(context: Context, expression: Expression): string {
  if (expression.type === 'true' || expression.type === 'false') return expression.type
  if (expression.type === 'unary' && expression.operator === 'not') return value(context, expression)
  if (expression.type === 'binary' && BOOLEAN.has(expression.operator)) return value(context, expression)
  if (expression.type === 'binary' && (expression.operator === 'and' || expression.operator === 'or')) {
    const left = truth(context, expression.left)
    const { line } = context
    const right = truth(context, expression.right)
    if (context.line !== line) context.line = -1
    return `(${left} ${expression.operator === 'and' ? '&&' : '||'} ${right})`
  }
  return `${use(context, 'truthy')}(${value(context, expression)})`
}
