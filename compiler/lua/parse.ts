/**
 * Lua 5.1 with goto, by gopher-lua's grammar (its parse/parser.go.y): which line a construct counts for matters to error messages.
 * One file, since its rules call each other in circles.
 */
import { problem, type Token, tokenize } from './lex.ts'
import type { Binary, Block, Call, Expression, FunctionBody, Index, Name, Statement } from './syntax.ts'

interface Parser {
  tokens: readonly Token[]
  at: number
  depth: number
}

/** Deeper nesting would end the compiler's own stack. */
const MAX_DEPTH = 200

export function parse(text: string): FunctionBody {
  const parser: Parser = { tokens: tokenize(text), at: 0, depth: 0 }
  const body = parseBlock(parser)
  if (peek(parser).type !== 'end') fail(parser, 'syntax error')
  return { parameters: [], vararg: true, body, line: 0, lastLine: peek(parser).line + 1 }
}

const peek = ({ tokens, at }: Parser): Token => tokens[at]!
const next = (parser: Parser): Token => parser.tokens[parser.at++]!
const isSign = (parser: Parser, sign: string): boolean => peek(parser).type === 'sign' && peek(parser).text === sign

function accept(parser: Parser, sign: string): boolean {
  if (!isSign(parser, sign)) return false
  parser.at++
  return true
}
function expect(parser: Parser, sign: string): Token {
  return isSign(parser, sign) ? next(parser) : fail(parser, 'syntax error')
}
const expectName = (parser: Parser): Token => (peek(parser).type === 'name' ? next(parser) : fail(parser, 'syntax error'))

function fail(parser: Parser, message: string): never {
  const token = peek(parser)
  return problem(message, token.type === 'end' ? null : token.text, token.line, token.column + Math.max(0, token.text.length - 1))
}

function nested<T>(parser: Parser, read: () => T): T {
  if (++parser.depth > MAX_DEPTH) fail(parser, 'chunk has too many syntax levels')
  const result = read()
  parser.depth--
  return result
}

const ENDS = new Set(['end', 'else', 'elseif', 'until'])
const endsBlock = (parser: Parser): boolean => peek(parser).type === 'end' || (peek(parser).type === 'sign' && ENDS.has(peek(parser).text))

function parseBlock(parser: Parser): Block {
  return nested(parser, () => {
    const statements: Statement[] = []
    while (!endsBlock(parser)) {
      if (accept(parser, ';')) continue
      const last = isSign(parser, 'return') || isSign(parser, 'break')
      statements.push(last ? parseLast(parser) : parseStatement(parser))
      if (last) {
        accept(parser, ';')
        break
      }
    }
    return { statements }
  })
}

function parseLast(parser: Parser): Statement {
  const { line, text } = next(parser)
  if (text === 'break') return { type: 'break', line }
  return { type: 'return', values: endsBlock(parser) || isSign(parser, ';') ? [] : parseList(parser), line }
}

function parseStatement(parser: Parser): Statement {
  const token = peek(parser)
  const read = token.type === 'sign' ? STATEMENTS[token.text] : undefined
  if (!read) return parseExpressionStatement(parser)
  parser.at++
  return read(parser, token.line)
}

const STATEMENTS: { readonly [keyword: string]: (parser: Parser, line: number) => Statement } = {
  do(parser, line) {
    const body = parseBlock(parser)
    expect(parser, 'end')
    return { type: 'do', body, line }
  },
  while(parser, line) {
    const condition = parseExpression(parser)
    expect(parser, 'do')
    const body = parseBlock(parser)
    expect(parser, 'end')
    return { type: 'while', condition, body, line }
  },
  repeat(parser, line) {
    const body = parseBlock(parser)
    expect(parser, 'until')
    return { type: 'repeat', condition: parseExpression(parser), body, line }
  },
  if: parseIf,
  for: parseFor,
  function: parseFunctionStatement,
  local: parseLocal,
  '::'(parser, line) {
    const label = expectName(parser).text
    expect(parser, '::')
    return { type: 'label', label, line }
  },
  goto: (parser, line) => ({ type: 'goto', label: expectName(parser).text, line }),
}

function parseIf(parser: Parser, line: number): Statement {
  const branches: { condition: Expression; body: Block }[] = []
  do {
    const condition = parseExpression(parser)
    expect(parser, 'then')
    branches.push({ condition, body: parseBlock(parser) })
  } while (accept(parser, 'elseif'))
  const otherwise = accept(parser, 'else') ? parseBlock(parser) : null
  expect(parser, 'end')
  return { type: 'if', branches, otherwise, line }
}

function parseFor(parser: Parser, line: number): Statement {
  const names = [expectName(parser).text]
  if (accept(parser, '=')) return parseCount(parser, names[0]!, line)
  while (accept(parser, ',')) names.push(expectName(parser).text)
  expect(parser, 'in')
  const values = parseList(parser)
  return { type: 'each', names, values, body: parseBody(parser), line }
}
function parseCount(parser: Parser, name: string, line: number): Statement {
  const from = parseExpression(parser)
  expect(parser, ',')
  const to = parseExpression(parser)
  const step = accept(parser, ',') ? parseExpression(parser) : null
  return { type: 'count', name, from, to, step, body: parseBody(parser), line }
}
function parseBody(parser: Parser): Block {
  expect(parser, 'do')
  const body = parseBlock(parser)
  expect(parser, 'end')
  return body
}

function parseFunctionStatement(parser: Parser, line: number): Statement {
  const first = expectName(parser)
  let target: Name | Index = { type: 'name', name: first.text, line: first.line }
  while (accept(parser, '.')) {
    const key = expectName(parser)
    target = { type: 'index', object: target, key: { type: 'text', value: key.text, line: key.line }, line: key.line }
  }
  let isMethod = false
  if (accept(parser, ':')) {
    const key = expectName(parser)
    target = { type: 'index', object: target, key: { type: 'text', value: key.text, line: key.line }, line: target.line }
    isMethod = true
  }
  const body = parseFunction(parser, line, isMethod)
  return { type: 'assign', targets: [target], values: [{ type: 'function', body, line }], line }
}

function parseFunction(parser: Parser, line: number, isMethod: boolean): FunctionBody {
  expect(parser, '(')
  const parameters = isMethod ? ['self'] : []
  let vararg = false
  if (!isSign(parser, ')')) {
    do {
      vararg = accept(parser, '...')
      if (!vararg) parameters.push(expectName(parser).text)
    } while (!vararg && accept(parser, ','))
  }
  expect(parser, ')')
  const body = parseBlock(parser)
  return { parameters, vararg, body, line, lastLine: expect(parser, 'end').line }
}

function parseLocal(parser: Parser, line: number): Statement {
  if (accept(parser, 'function')) {
    const name = expectName(parser).text
    return { type: 'local', names: [name], values: [{ type: 'function', body: parseFunction(parser, line, false), line }], line }
  }
  const names = [expectName(parser).text]
  while (accept(parser, ',')) names.push(expectName(parser).text)
  return { type: 'local', names, values: accept(parser, '=') ? parseList(parser) : [], line }
}

function parseExpressionStatement(parser: Parser): Statement {
  const first = parsePrefix(parser)
  if (isSign(parser, '=') || isSign(parser, ',')) {
    const targets = [targetOf(parser, first)]
    while (accept(parser, ',')) targets.push(targetOf(parser, parsePrefix(parser)))
    expect(parser, '=')
    return { type: 'assign', targets, values: parseList(parser), line: targets[0]!.line }
  }
  return first.type === 'call' ? { type: 'call', call: first, line: first.line } : fail(parser, 'parse error')
}
const parenthesised = new WeakSet<Expression>()
const targetOf = (parser: Parser, expression: Expression): Name | Index =>
  (expression.type === 'name' || expression.type === 'index') && !parenthesised.has(expression) ? expression : fail(parser, 'syntax error')

function parseList(parser: Parser): Expression[] {
  const values = [parseExpression(parser)]
  while (accept(parser, ',')) values.push(parseExpression(parser))
  return values
}

// ---- Expressions

/** How strongly an operator holds what is left and what is right of it. */
const STRENGTHS: { readonly [operator: string]: readonly [left: number, right: number] } = {
  or: [1, 1], and: [2, 2], '<': [3, 3], '>': [3, 3], '<=': [3, 3], '>=': [3, 3], '~=': [3, 3], '==': [3, 3],
  '..': [5, 4], '+': [6, 6], '-': [6, 6], '*': [7, 7], '/': [7, 7], '%': [7, 7], '^': [10, 9],
}
const UNARY_STRENGTH = 8

function parseExpression(parser: Parser, least = 0): Expression {
  return nested(parser, () => {
    let left = parseUnary(parser)
    for (;;) {
      const token = peek(parser)
      const strength = token.type === 'sign' ? STRENGTHS[token.text] : undefined
      if (!strength || strength[0] <= least) return left
      parser.at++
      const right = parseExpression(parser, strength[1])
      left = { type: 'binary', operator: token.text as Binary, left, right, line: left.line }
    }
  })
}

function parseUnary(parser: Parser): Expression {
  const token = peek(parser)
  if (token.type !== 'sign' || (token.text !== '-' && token.text !== 'not' && token.text !== '#')) return parseSimple(parser)
  parser.at++
  const operand = parseExpression(parser, UNARY_STRENGTH)
  return { type: 'unary', operator: token.text, operand, line: operand.line }
}

function parseSimple(parser: Parser): Expression {
  const token = peek(parser)
  const { line } = token
  if (token.type === 'number') return next(parser), { type: 'number', value: token.value, line }
  if (token.type === 'text') return next(parser), { type: 'text', value: token.text, line }
  if (token.type !== 'sign') return parsePrefix(parser)
  if (token.text === 'nil' || token.text === 'true' || token.text === 'false') return next(parser), { type: token.text, line }
  if (token.text === '...') return next(parser), { type: 'vararg', single: false, line }
  if (token.text === '{') return parseTable(parser)
  if (token.text === 'function') return next(parser), { type: 'function', body: parseFunction(parser, line, false), line }
  return parsePrefix(parser)
}

function parsePrefix(parser: Parser): Expression {
  const token = peek(parser)
  let expression: Expression
  if (token.type === 'name') expression = { type: 'name', name: next(parser).text, line: token.line }
  else if (accept(parser, '(')) {
    expression = alone(parseExpression(parser), token.line)
    expect(parser, ')')
  } else return fail(parser, 'syntax error')
  for (;;) {
    const longer = parseSuffix(parser, expression)
    if (!longer) return expression
    expression = longer
  }
}

/** In parentheses: one value, and nothing that can be assigned to. */
function alone(expression: Expression, line: number): Expression {
  const single: Expression = expression.type === 'call' || expression.type === 'vararg' ? { ...expression, single: true } : { ...expression }
  if (single.type !== 'call') single.line = line
  parenthesised.add(single)
  return single
}

function parseSuffix(parser: Parser, object: Expression): Expression | null {
  const token = peek(parser)
  const { line } = object
  if (accept(parser, '.')) {
    const key = expectName(parser)
    return { type: 'index', object, key: { type: 'text', value: key.text, line: key.line }, line }
  }
  if (accept(parser, '[')) {
    const key = parseExpression(parser)
    expect(parser, ']')
    return { type: 'index', object, key, line }
  }
  if (accept(parser, ':')) return { type: 'call', callee: object, method: expectName(parser).text, values: parseArguments(parser) ?? fail(parser, 'syntax error'), single: false, line }
  const before = parser.tokens[parser.at - 1]
  if (isSign(parser, '(') && token.fresh && before?.type === 'sign' && before.text === ')') {
    problem('ambiguous syntax (function call x new statement)', token.text, token.line, token.column)
  }
  const values = parseArguments(parser)
  return values && ({ type: 'call', callee: object, method: null, values, single: false, line } satisfies Call)
}

function parseArguments(parser: Parser): readonly Expression[] | null {
  const token = peek(parser)
  if (token.type === 'text') return next(parser), [{ type: 'text', value: token.text, line: token.line }]
  if (isSign(parser, '{')) return [parseTable(parser)]
  if (!accept(parser, '(')) return null
  if (accept(parser, ')')) return []
  const values = parseList(parser)
  expect(parser, ')')
  return values
}

function parseTable(parser: Parser): Expression {
  const { line } = expect(parser, '{')
  const fields: { key: Expression | null; value: Expression }[] = []
  while (!isSign(parser, '}')) {
    fields.push(parseField(parser))
    if (!accept(parser, ',') && !accept(parser, ';')) break
  }
  expect(parser, '}')
  return { type: 'table', fields, line }
}

function parseField(parser: Parser): { key: Expression | null; value: Expression } {
  const token = peek(parser)
  if (accept(parser, '[')) {
    const key = parseExpression(parser)
    expect(parser, ']')
    expect(parser, '=')
    return { key, value: parseExpression(parser) }
  }
  const after = parser.tokens[parser.at + 1]
  if (token.type === 'name' && after?.type === 'sign' && after.text === '=') {
    parser.at += 2
    return { key: { type: 'text', value: token.text, line: token.line }, value: parseExpression(parser) }
  }
  return { key: null, value: parseExpression(parser) }
}
