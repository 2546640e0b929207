/** Go's text/template: text → tokens. */

export type TokenKind =
  | 'text' | 'left' | 'right' | 'space' | 'end' | 'error'
  | 'assign' | 'declare' | 'pipe' | 'open' | 'close' | 'char'
  | 'string' | 'raw' | 'rune' | 'number' | 'bool' | 'identifier' | 'field' | 'dot' | 'variable' | 'keyword'

export interface Token {
  kind: TokenKind
  /** As written; of an error its message. */
  text: string
  offset: number
}

const KEYWORDS = new Set(['block', 'break', 'continue', 'define', 'else', 'end', 'if', 'nil', 'range', 'template', 'with'])
const LEFT = /\{\{(?:-(?=[ \t\r\n]))?/g
const COMMENT = /\/\*[^]*?\*\//y
const RIGHT = /(?:[ \t\r\n]-)?\}\}/y
const SPACE = /[ \t\r\n]+/y
const WORD = /[\p{L}\p{Nd}_]+/uy
const NUMBER = /[+-]?(?:0[xX][\da-fA-F_]*(?:\.[\da-fA-F_]*)?(?:[pP][+-]?[\d_]*)?|0[oO][0-7_]*|0[bB][01_]*|[\d_]*(?:\.[\d_]*)?(?:[eE][+-]?[\d_]*)?)/y
const STRING = /"(?:\\[^\n]|[^"\\\n])*"/y
const RUNE = /'(?:\\[^\n]|[^'\\\n])*'/y
const RAW = /`[^`]*`/y
/** What may follow a name: `.a.b` is two tokens, `$x+2` none. */
const TERMINATOR = /[ \t\r\n.,|:)(]|\}\}|$/y

/** Tokens to the end, or to the first mistake. */
export function* lex(input: string): Generator<Token, undefined> {
  let at = 0
  let trim = false
  const match = (pattern: RegExp, from = at): string | undefined => {
    pattern.lastIndex = from
    return pattern.exec(input)?.[0]
  }
  for (;;) {
    LEFT.lastIndex = at
    const left = LEFT.exec(input)
    const text = input.slice(at, left?.index)
    const cut = trim ? text.length - text.replace(/^[ \t\r\n]+/, '').length : 0
    const shown = left?.[0].endsWith('-') ? text.slice(cut).replace(/[ \t\r\n]+$/, '') : text.slice(cut)
    if (shown) yield { kind: 'text', text: shown, offset: at + cut }
    if (!left) {
      yield { kind: 'end', text: '', offset: input.length }
      return undefined
    }
    const start = left.index
    at = start + left[0].length
    const inside = left[0].endsWith('-') ? at + 1 : at
    if (input.startsWith('/*', inside)) {
      const comment = match(COMMENT, inside)
      if (comment === undefined) return yield* mistake('unclosed comment', start)
      at = inside + comment.length
      const right = match(RIGHT)
      if (right === undefined) return yield* mistake('comment ends before closing delimiter', at)
      at += right.length
      trim = right.length > 2
      continue
    }
    yield { kind: 'left', text: left[0], offset: start }
    at = inside
    const ended = yield* lexAction(input, at)
    if (!ended) return undefined
    ;[at, trim] = ended
  }
}

function* mistake(message: string, offset: number): Generator<Token, undefined> {
  yield { kind: 'error', text: message, offset }
  return undefined
}

/** What stands between the braces. Gives where it ends, and whether the text behind is trimmed; undefined after a mistake. */
function* lexAction(input: string, from: number): Generator<Token, [at: number, trim: boolean] | undefined> {
  let at = from
  let depth = 0
  for (;;) {
    RIGHT.lastIndex = at
    const right = RIGHT.exec(input)?.[0]
    if (right !== undefined) {
      if (depth) return yield* mistake('unclosed left paren', at)
      yield { kind: 'right', text: right, offset: at }
      return [at + right.length, right.length > 2]
    }
    const token = next(input, at)
    if (token.kind === 'open') depth++
    if (token.kind === 'close' && --depth < 0) return yield* mistake('unexpected right paren', at)
    yield token
    if (token.kind === 'error') return undefined
    at += token.text.length
  }
}

const SIGNS: { readonly [sign: string]: TokenKind } = { '=': 'assign', '|': 'pipe', '(': 'open', ')': 'close' }

function next(input: string, at: number): Token {
  const fail = (message: string): Token => ({ kind: 'error', text: message, offset: at })
  const read = (pattern: RegExp): string => {
    pattern.lastIndex = at
    return pattern.exec(input)?.[0] ?? ''
  }
  const quoted = (kind: TokenKind, pattern: RegExp, name: string): Token => {
    const text = read(pattern)
    return text ? { kind, text, offset: at } : fail(`unterminated ${name}`)
  }
  const char = String.fromCodePoint(input.codePointAt(at) ?? 0)
  if (at >= input.length) return fail('unclosed action')
  if (/[ \t\r\n]/.test(char)) return { kind: 'space', text: spaces(read(SPACE), input, at), offset: at }
  if (char === ':') return input[at + 1] === '=' ? { kind: 'declare', text: ':=', offset: at } : fail('expected :=')
  if (char in SIGNS) return { kind: SIGNS[char]!, text: char, offset: at }
  if (char === '"') return quoted('string', STRING, 'quoted string')
  if (char === "'") return quoted('rune', RUNE, 'character constant')
  if (char === '`') return quoted('raw', RAW, 'raw quoted string')
  if (/[+\-\d]/.test(char) || (char === '.' && /\d/.test(input[at + 1] ?? ''))) return number(read(NUMBER), input, at)
  if (char === '.' || char === '$') return named(char, input, at)
  if (/[\p{L}\p{Nd}_]/u.test(char)) return named('', input, at)
  return /[\x21-\x7e]/.test(char) ? { kind: 'char', text: char, offset: at } : fail(`unrecognized character in action: ${JSON.stringify(char)}`)
}

/** The last space belongs to ` -}}`. */
const spaces = (run: string, input: string, at: number): string => (input.startsWith('-}}', at + run.length) && run.length > 1 ? run.slice(0, -1) : run)

function number(text: string, input: string, at: number): Token {
  WORD.lastIndex = at + text.length
  const rest = WORD.exec(input)?.[0]
  return rest === undefined ? { kind: 'number', text, offset: at } : { kind: 'error', text: `bad number syntax: ${JSON.stringify(text + rest[0])}`, offset: at }
}

function named(sign: '' | '.' | '$', input: string, at: number): Token {
  WORD.lastIndex = at + sign.length
  const word = WORD.exec(input)?.[0] ?? ''
  const end = at + sign.length + word.length
  TERMINATOR.lastIndex = end
  if (!TERMINATOR.test(input)) return { kind: 'error', text: `bad character ${JSON.stringify(String.fromCodePoint(input.codePointAt(end)!))}`, offset: end }
  return { kind: kindOf(sign, word), text: sign + word, offset: at }
}

function kindOf(sign: '' | '.' | '$', word: string): TokenKind {
  if (sign === '$') return 'variable'
  if (sign === '.') return word ? 'field' : 'dot'
  if (KEYWORDS.has(word)) return 'keyword'
  return word === 'true' || word === 'false' ? 'bool' : 'identifier'
}
