/** Lua's words as gopher-lua's scanner finds them (its parse/lexer.go), in a text of bytes. */
import { parseNumber } from './number.ts'
import type { SyntaxProblem } from './syntax.ts'

export interface Token {
  type: 'name' | 'number' | 'text' | 'sign' | 'end'
  /** As errors quote it: a text without its quotes. */
  text: string
  value: number
  line: number
  column: number
  /** A line break stands before it. */
  fresh: boolean
}

export const KEYWORDS: ReadonlySet<string> = new Set(
  'and break do else elseif end false for function goto if in local nil not or repeat return then true until while'.split(' '),
)

export function problem(message: string, near: string | null, line: number, column: number): never {
  const shown = near === null ? `<string> at EOF:   ${message}\n` : `<string> line:${line}(column:${column}) near '${near}':   ${message}\n`
  throw { syntax: true, message: shown, line: near === null ? 0 : line, column } satisfies SyntaxProblem
}

const SPACE = /[ \t]*(?:\r\n|\n\r|[\r\n])?[ \t\r\n]*/y
const COMMENT = /--(?:\[(=*)\[[\s\S]*?\]\1\]|(?!\[=*\[)[^\r\n]*)/y
const WORD = /[A-Za-z_]\w*/y
const NUMBER = /0[xX][0-9A-Fa-f]+|(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?.?\d*)?/sy
const LONG = /\[(=*)\[(?:\r\n|\n\r|[\r\n])?([\s\S]*?)\]\1\]/y
const SIGN = /\.\.\.|\.\.|==|~=|<=|>=|::|[-+*/%^#<>=(){}\];:,.[]/y
const LINE_BREAK = /\r\n|\n\r|[\r\n]/g

export function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  let line = 1
  let lineStart = 0
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at
    return pattern.exec(text)
  }
  const pass = (passed: string): boolean => {
    let broken = false
    for (const found of passed.matchAll(LINE_BREAK)) {
      broken = true
      line++
      lineStart = at + found.index + found[0].length
    }
    at += passed.length
    return broken
  }
  const add = (type: Token['type'], whole: string, shown: string, fresh: boolean): void => {
    tokens.push({ type, text: shown, value: type === 'number' ? numberOf(whole) : 0, line, column: at - lineStart + 1, fresh })
    pass(whole)
  }
  for (;;) {
    let fresh = pass(match(SPACE)![0])
    for (let comment = match(COMMENT); comment; comment = match(COMMENT)) {
      pass(comment[0])
      fresh = pass(match(SPACE)![0]) || fresh
    }
    if (at >= text.length) {
      tokens.push({ type: 'end', text: '', value: 0, line, column: 0, fresh })
      return tokens
    }
    if (text.startsWith('--[', at)) problem('invalid multiline comment', null, 0, 0)
    const quote = text[at]
    const word = match(WORD) ?? null
    const number = word ? null : match(NUMBER)
    const long = word || number ? null : match(LONG)
    if (word) add(KEYWORDS.has(word[0]) ? 'sign' : 'name', word[0], word[0], fresh)
    else if (number) add('number', number[0], number[0], fresh)
    else if (long) add('text', long[0], long[2]!.replace(LINE_BREAK, '\n'), fresh)
    else if (quote === '"' || quote === "'") {
      const { whole, value } = readQuoted(text, at, line, at - lineStart + 1)
      add('text', whole, value, fresh)
    } else {
      const sign = match(SIGN)
      if (!sign) problem(quote === '~' ? "Invalid '~' token" : 'Invalid token', quote!, line, at - lineStart + 1)
      if (/^\[=*\[|^\[=/.test(text.slice(at, at + 200)) && sign[0] === '[') problem('unterminated multiline string', null, 0, 0)
      add('sign', sign[0], sign[0], fresh)
    }
  }
}

/** A literal that is no number to Go counts as NaN. One zero in front of digits is passed over, a second one makes them octal. */
const numberOf = (literal: string): number => parseNumber(/^0\d/.test(literal) ? literal.slice(1) : literal) ?? Number.NaN

const ESCAPES: { readonly [letter: string]: string } = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }
const PIECE = /\\(\d{1,3}|\r\n|\n\r|[\s\S])|[^\\]/y

function readQuoted(text: string, start: number, line: number, column: number): { whole: string; value: string } {
  const quote = text[start]
  let value = ''
  let at = start + 1
  for (;;) {
    if (text[at] === quote) return { whole: text.slice(start, at + 1), value }
    PIECE.lastIndex = at
    const piece = PIECE.exec(text)
    if (!piece) problem('unterminated string', null, 0, 0)
    const [whole, escaped] = piece
    if (escaped === undefined && /[\r\n]/.test(whole)) problem('unterminated string', value, line, column)
    at += whole.length
    if (escaped === undefined) value += whole
    else if (/^\d/.test(escaped)) value += String.fromCharCode(Number(escaped) & 0xff)
    else value += /[\r\n]/.test(escaped) ? '\n' : (ESCAPES[escaped] ?? escaped)
  }
}
