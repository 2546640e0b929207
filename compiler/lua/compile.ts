/**
 * Lua → JavaScript, when the gateway is built: Workers know no eval. The text is a function of the run time (worker/lua/emitted.ts)
 * that gives the parts of a script: its source files, what runs before the next step and what runs behind it.
 */
import type { Unit } from './context.ts'
import { textLiteral } from './expression.ts'
import { emitChunk, emitFunction } from './function.ts'
import { type Token, tokenize } from './lex.ts'
import { parse } from './parse.ts'
import { statement } from './statement.ts'
import { isSyntaxProblem, type SyntaxProblem } from './syntax.ts'

export interface Scripts {
  sources: string | null
  pre: string | null
  post: string | null
}
export interface CompiledScripts {
  code: string
  waits: boolean
  /** Every name and text that stands in the scripts: what they may ask for. */
  mentions(name: string): boolean
  /** loadstring or load is given what is not known before the gateway runs. */
  loadsUnknown: boolean
  problems: readonly (SyntaxProblem & { part: keyof Scripts })[]
}

/** Ways to any global, or to any function, by a name that is put together at run time. */
const DYNAMIC = ['_G', 'getfenv', 'setfenv', 'module', 'require', 'package', 'debug']

/** Texts beyond this are not made into functions for loadstring. */
const MOST_CHUNKS = 100

/** `open`: the open libraries are there. Texts are Unicode. */
export function compileScripts(scripts: Scripts, open: boolean): CompiledScripts {
  const texts = Object.fromEntries(Object.entries(scripts).map(([part, text]) => [part, text === null ? null : toBytes(text)])) as unknown as Scripts
  const words = new Set<string>()
  const chunks = new Set([''])
  for (const text of Object.values(texts)) if (text !== null) collect(text, words, chunks)
  const mentions = (name: string): boolean => words.has(name)
  const dynamic = DYNAMIC.some(mentions)
  const unit: Unit = {
    waits: dynamic || mentions('http_response') || (open && mentions('coroutine')),
    meta: dynamic || mentions('setmetatable') || mentions('getmetatable'),
    environments: mentions('setfenv') || mentions('module'),
    used: new Set(),
    count: 0,
    emit: { function: emitFunction, statement },
  }
  const problems: (SyntaxProblem & { part: keyof Scripts })[] = []
  const parts = (['sources', 'pre', 'post'] as const).map((part) => {
    const text = texts[part]
    if (text === null) return `${part}: null`
    const made = compileText(unit, text)
    if (typeof made === 'string') return `${part}: ${made}`
    problems.push({ ...made, part })
    return `${part}: ${textLiteral(shown(made))}`
  })
  const loaded = [...chunks].map((text) => {
    const made = compileText(unit, text)
    return `[${textLiteral(text)}, ${typeof made === 'string' ? made : textLiteral(made.message)}]`
  })
  const code = `({ ${[...unit.used].toSorted().join(', ')} }) => ({\n${[...parts, `chunks: [${loaded.join(',\n')}]`].join(',\n')}\n})`
  return { code, waits: unit.waits, mentions, problems, loadsUnknown: Object.values(texts).some((text) => text !== null && loadsUnknown(tokensOf(text))) }
}

function compileText(unit: Unit, text: string): string | SyntaxProblem {
  try {
    return emitChunk(unit, parse(text))
  } catch (error) {
    if (isSyntaxProblem(error)) return error
    throw error
  }
}

/** Names and texts of a script, and of texts in it that loadstring may be given. */
function collect(text: string, words: Set<string>, chunks: Set<string>): void {
  const tokens = tokensOf(text)
  for (const token of tokens) if (token.type === 'name' || token.type === 'text') words.add(token.text)
  if (!tokens.some((_, i) => loads(tokens, i))) return
  for (const token of tokens) {
    if (token.type !== 'text' || chunks.has(token.text) || chunks.size >= MOST_CHUNKS) continue
    chunks.add(token.text)
    collect(token.text, words, chunks)
  }
}

/** The function itself, or its name as a text: not `request.load`. */
function loads(tokens: readonly Token[], i: number): boolean {
  const { type, text } = tokens[i]!
  if ((text !== 'loadstring' && text !== 'load') || (type !== 'name' && type !== 'text')) return false
  const before = tokens[i - 1]
  return !(before?.type === 'sign' && (before.text === '.' || before.text === ':'))
}

/** `loadstring(x)`: only a text itself is known when the gateway is built. */
const loadsUnknown = (tokens: readonly Token[]): boolean =>
  tokens.some((_, i) => {
    if (!loads(tokens, i)) return false
    const [open, first, close] = tokens.slice(i + 1)
    return !(open?.type === 'text' || (open?.text === '(' && first?.type === 'text' && (close?.text === ')' || close?.text === ',')))
  })

function tokensOf(text: string): Token[] {
  try {
    return tokenize(text)
  } catch (error) {
    if (isSyntaxProblem(error)) return []
    throw error
  }
}

/** As binder, which KrakenD runs scripts with, takes gopher-lua's message apart: the place in front. */
function shown({ message, line }: SyntaxProblem): string {
  if (message.includes(' at EOF:')) return `<string>:0: ${message.split(':')[1]!.trim()} at EOF`
  const near = message.split(' near ')
  const told = line > 0 && near.length === 2 ? near[1]!.trim().split(/\s+/).join(' ') : message.slice(message.indexOf(': ') + 2)
  return `<string>:${line}: ${told}`
}

/** A JavaScript text with one character a byte. */
const toBytes = (text: string): string => Buffer.from(text, 'utf8').toString('latin1')
