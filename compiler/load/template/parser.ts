/** Go's text/template: tokens → nodes. What Go refuses while it parses is refused here too. */
import { TemplateError } from '../../../worker/template/error.ts'
import { lex, type Token, type TokenKind } from './lexer.ts'
import { parseFloat64, parseInt0 } from '../../../worker/template/number.ts'
import { unquote } from './literal.ts'
import { type Command, isEmpty, type Node, type Operand, type Pipe, type Template } from '../../../worker/template/syntax.ts'

const MAX_DEPTH = 1000

/** Templates by name: the file's own, and those that it defines. */
export function parseTemplates(file: string, input: string, isFunction: (name: string) => boolean): Map<string, Template> {
  const tokens = lex(input)
  const ahead: Token[] = []
  let last: Token = { kind: 'end', text: '', offset: 0 }
  const found = new Map<string, Template>()
  let variables: string[] = ['$']
  let ranges = 0
  let depth = 0

  const fail = (message: string, at: number): never => {
    throw new TemplateError(message, file, at)
  }
  function peek(skipsSpace = true, nth = 0): Token {
    for (let i = 0, seen = 0; ; i++) {
      if (i === ahead.length) ahead.push(tokens.next().value ?? last)
      const token = ahead[i]!
      if (token.kind === 'error') fail(token.text, token.offset)
      if (skipsSpace && token.kind === 'space') continue
      if (seen++ === nth) return token
    }
  }
  function take(skipsSpace = true): Token {
    peek(skipsSpace)
    while (skipsSpace && ahead[0]!.kind === 'space') ahead.shift()
    return (last = ahead.shift()!)
  }
  const unexpected = (token: Token, where: string): never => fail(token.kind === 'end' ? 'unexpected EOF' : `unexpected ${JSON.stringify(token.text)} in ${where}`, token.offset)
  function expect(kind: TokenKind, where: string): Token {
    const token = take()
    return token.kind === kind ? token : unexpected(token, where)
  }
  const isKeyword = (token: Token, word: string): boolean => token.kind === 'keyword' && token.text === word

  function add(name: string, nodes: readonly Node[], at: number): void {
    const other = found.get(name)
    if (!other || isEmpty(other.nodes)) found.set(name, { file, nodes })
    else if (!isEmpty(nodes)) fail(`template: multiple definition of template ${JSON.stringify(name)}`, at)
  }

  function parseFile(): void {
    const nodes: Node[] = []
    while (peek(false).kind !== 'end') {
      const left = peek(false)
      if (left.kind === 'left' && isKeyword(peek(true, 1), 'define')) {
        take()
        take()
        define()
        continue
      }
      const node = textOrAction()
      if (typeof node === 'string') fail(`unexpected {{${node}}}`, left.offset)
      else nodes.push(node)
    }
    add(file, nodes, 0)
  }

  function define(): void {
    const name = text(take(), 'define clause')
    const at = last.offset
    expect('right', 'define clause')
    add(name, ownScope(() => bodyOf('define clause')), at)
  }

  /** A definition knows no variables of what is around it. */
  function ownScope<T>(parse: () => T): T {
    const outer = { variables, ranges }
    variables = ['$']
    ranges = 0
    const parsed = parse()
    ;({ variables, ranges } = outer)
    return parsed
  }

  function bodyOf(where: string): Node[] {
    const [nodes, end] = list()
    if (end !== 'end') fail(`unexpected {{${end}}} in ${where}`, last.offset)
    return nodes
  }

  /** Up to an end or else, which it gives too. */
  function list(): [nodes: Node[], end: 'end' | 'else'] {
    const nodes: Node[] = []
    for (;;) {
      if (peek().kind === 'end') fail('unexpected EOF', peek().offset)
      const node = textOrAction()
      if (typeof node === 'string') return [nodes, node]
      nodes.push(node)
    }
  }

  function textOrAction(): Node | 'end' | 'else' {
    const token = take()
    if (token.kind === 'text') return { kind: 'text', offset: token.offset, text: token.text }
    if (token.kind !== 'left') return unexpected(token, 'input')
    const word = peek()
    if (word.kind !== 'keyword' || word.text === 'nil') return { kind: 'action', offset: word.offset, pipe: pipeline('command', 'right') }
    take()
    return keyword(word)
  }

  function keyword({ text: word, offset }: Token): Node | 'end' | 'else' {
    switch (word) {
      case 'end':
        expect('right', 'end')
        return 'end'
      case 'else':
        if (!isKeyword(peek(), 'if') && !isKeyword(peek(), 'with')) expect('right', 'else')
        return 'else'
      case 'if':
      case 'with':
      case 'range':
        return control(word, offset)
      case 'break':
      case 'continue':
        if (!ranges) fail(`{{${word}}} outside {{range}}`, offset)
        expect('right', `{{${word}}}`)
        return { kind: word, offset }
      case 'template':
        return call(offset)
      case 'block':
        return block(offset)
      default:
        return unexpected({ kind: 'keyword', text: word, offset }, 'command')
    }
  }

  function control(kind: 'if' | 'with' | 'range', offset: number): Node {
    const count = variables.length
    const pipe = pipeline(kind, 'right')
    if (kind === 'range') ranges++
    const [body, end] = list()
    if (kind === 'range') ranges--
    const otherwise = end === 'else' ? elseOf(kind) : []
    variables.length = count
    return { kind, offset, pipe, body, otherwise }
  }

  /** `{{else if}}` and `{{else with}}` share the end of the outer one. */
  function elseOf(kind: 'if' | 'with' | 'range'): Node[] {
    if (kind !== 'range' && isKeyword(peek(), kind)) return [control(kind, take().offset)]
    if (peek(false).kind === 'keyword' || (peek(false).kind === 'space' && peek().kind === 'keyword')) unexpected(peek(), 'else')
    const [nodes, end] = list()
    if (end !== 'end') fail(`expected end; found {{${end}}}`, last.offset)
    return nodes
  }

  function call(offset: number): Node {
    const name = text(take(), 'template clause')
    if (peek().kind !== 'right') return { kind: 'template', offset, name, pipe: pipeline('template clause', 'right') }
    take()
    return { kind: 'template', offset, name, pipe: null }
  }

  function block(offset: number): Node {
    const name = text(take(), 'block clause')
    const pipe = pipeline('block clause', 'right')
    add(name, ownScope(() => bodyOf('block clause')), offset)
    return { kind: 'template', offset, name, pipe }
  }

  function text(token: Token, where: string): string {
    if (token.kind !== 'string' && token.kind !== 'raw') return unexpected(token, where)
    return unquote(token.text) ?? fail('invalid syntax', token.offset)
  }

  function pipeline(where: string, end: 'right' | 'close'): Pipe {
    const { offset } = peek()
    const { declared, assigns } = declarations(where)
    const commands: Command[] = []
    while (peek().kind !== end) {
      if (!STARTS.has(peek().kind) && !isKeyword(peek(), 'nil')) unexpected(peek(), where)
      commands.push(command())
    }
    if (!commands.length) fail(`missing value for ${where}`, offset)
    take()
    for (const [i, { operands, offset: at }] of commands.entries()) {
      if (i && LITERALS.has(operands[0]!.kind)) fail(`non executable command in pipeline stage ${i + 1}`, at)
    }
    return { kind: 'pipe', offset, variables: declared, assigns, commands }
  }

  function declarations(where: string): { declared: string[]; assigns: boolean } {
    const declared: string[] = []
    for (;;) {
      const variable = peek()
      const sign = variable.kind === 'variable' ? peek(true, 1) : variable
      const isComma = sign.kind === 'char' && sign.text === ','
      if (variable.kind !== 'variable' || !(isComma || sign.kind === 'assign' || sign.kind === 'declare')) return { declared, assigns: false }
      take()
      take()
      declared.push(variable.text)
      variables.push(variable.text)
      if (!isComma) return { declared, assigns: sign.kind === 'assign' }
      if (where !== 'range' || declared.length > 1) fail(`too many declarations in ${where}`, sign.offset)
      if (!['variable', 'right', 'close'].includes(peek().kind)) fail('range can only initialize variables', peek().offset)
    }
  }

  function command(): Command {
    const { offset } = peek()
    const operands: Operand[] = []
    for (;;) {
      const found = operand()
      if (found) operands.push(found)
      const token = peek(false)
      if (token.kind === 'space') take(false)
      else if (token.kind === 'pipe') {
        take()
        break
      } else if (token.kind === 'right' || token.kind === 'close') break
      else unexpected(token, 'operand')
    }
    if (!operands.length) fail('empty command', offset)
    return { offset, operands }
  }

  function operand(): Operand | null {
    const of = term()
    if (!of || peek(false).kind !== 'field') return of
    const names: string[] = []
    while (peek(false).kind === 'field') names.push(take().text.slice(1))
    if (of.kind === 'field' || of.kind === 'variable') return { ...of, names: [...of.names, ...names] }
    if (LITERALS.has(of.kind)) fail('unexpected . after term', of.offset)
    return { kind: 'chain', offset: of.offset, of, names }
  }

  function term(): Operand | null {
    const token = peek()
    const { offset } = token
    const literal = LITERAL_KINDS.has(token.kind) ? literalOf(token) : null
    if (literal) {
      take()
      return literal
    }
    if (token.kind === 'identifier') {
      if (!isFunction(token.text)) fail(`function ${JSON.stringify(token.text)} not defined`, offset)
      return { kind: 'function', offset, name: take().text }
    }
    if (token.kind === 'variable') {
      if (!variables.includes(token.text)) fail(`undefined variable ${JSON.stringify(token.text)}`, offset)
      return { kind: 'variable', offset, name: take().text, names: [] }
    }
    if (token.kind === 'field') return { kind: 'field', offset, names: [take().text.slice(1)] }
    return token.kind === 'open' ? parenthesised() : null
  }

  function parenthesised(): Pipe {
    if (depth++ > MAX_DEPTH) fail('max expression depth exceeded', peek().offset)
    take()
    const pipe = pipeline('parenthesized pipeline', 'close')
    depth--
    return pipe
  }

  function literalOf(token: Token): Operand | null {
    const { kind, text: written, offset } = token
    if (kind === 'keyword') return written === 'nil' ? { kind: 'nil', offset } : null
    if (kind === 'dot') return { kind: 'dot', offset }
    if (kind === 'bool') return { kind: 'bool', offset, value: written === 'true' }
    if (kind === 'string' || kind === 'raw') return { kind: 'string', offset, value: text(token, 'operand') }
    return numberOf(token)
  }

  function numberOf({ kind, text: written, offset }: Token): Operand {
    if (kind === 'rune') {
      const [char, ...more] = unquote(written) ?? fail('malformed character constant', offset)
      if (char === undefined || more.length) fail(`malformed character constant: ${written}`, offset)
      const code = char!.codePointAt(0)!
      return { kind: 'number', offset, text: written, int: BigInt(code), float: code, ideal: BigInt(code) }
    }
    const whole = parseInt0(written)
    const float = whole === null ? parseFloat64(written) : Number(whole)
    if (whole === null && float === null) fail(`bad number syntax: ${JSON.stringify(written)}`, offset)
    // 1e3 will do as an int; by itself it is a float64.
    const int = whole ?? (Number.isSafeInteger(float) ? BigInt(float!) : null)
    const ideal = /[.eEpP]/.test(written) && !/^[+-]?0x/i.test(written) ? float : int
    return { kind: 'number', offset, text: written, int, float, ideal }
  }

  parseFile()
  return found
}

const LITERALS: ReadonlySet<string> = new Set(['bool', 'dot', 'nil', 'number', 'string'])
const LITERAL_KINDS: ReadonlySet<TokenKind> = new Set(['keyword', 'dot', 'bool', 'string', 'raw', 'rune', 'number'])
const STARTS: ReadonlySet<TokenKind> = new Set(['bool', 'rune', 'dot', 'field', 'identifier', 'number', 'raw', 'string', 'variable', 'open'])
