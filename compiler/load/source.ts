/** A configuration's text, what it holds, and where in the text each value stands. */
import { existsSync } from 'node:fs'
import path from 'node:path'
import { type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser'
import { type Finding, type Path, RefusedError } from '../diagnostics.ts'

export interface Source {
  /** As the user wrote it. */
  file: string
  text: string
  value: unknown
  /** Line and column, from 1, of the value at `path`, or of the nearest value around it. */
  locate(path: Path): Position
  /** The path of a file that the configuration names: from its own folder, or else from the current one. null: there is none. */
  resolve(file: string): string | null
}
export interface Position {
  line: number
  column: number
}

/** Reads strict JSON, as KrakenD does: no comments, no trailing commas, no byte order mark. Throws RefusedError. */
export function readJson(file: string, text: string): Source {
  const errors: ParseError[] = []
  const value = parseOrNull(text)
  let tree: Node | undefined
  const root = (): Node | undefined => (tree ??= parseTree(text, errors, { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false }))
  const locate = (path: Path): Position => positionAt(text, offsetOf(root(), path))
  const resolve = (name: string): string | null => [path.resolve(path.dirname(file), name), path.resolve(name)].find((found) => existsSync(found)) ?? null
  const source: Source = { file, text, value, locate, resolve }
  if (value !== undefined) return source
  root()
  throw new UnreadableError(source, errors.length ? errors.slice(0, 20).map(toProblem) : [{ offset: 0, message: 'is no JSON' }])
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

interface Problem {
  offset: number
  message: string
}

/** The file is no JSON: the findings stand at offsets, not at paths. */
export class UnreadableError extends RefusedError {
  readonly source: Source
  readonly positions: readonly Position[]
  constructor(source: Source, problems: readonly Problem[]) {
    super(problems.map(({ message }): Finding => ({ severity: 'error', code: 'not-json', path: [], message })))
    this.source = source
    this.positions = problems.map(({ offset }) => positionAt(source.text, offset))
  }
}

const PROBLEMS: { readonly [code: string]: string } = {
  InvalidSymbol: 'expected a JSON value; words and texts stand in double quotes',
  InvalidNumberFormat: 'expected a number as JSON writes it',
  PropertyNameExpected: 'expected a name in double quotes',
  ValueExpected: 'expected a value; a comma before a closing bracket is none',
  ColonExpected: 'expected a colon',
  CommaExpected: 'expected a comma',
  CloseBraceExpected: 'expected a closing brace }',
  CloseBracketExpected: 'expected a closing bracket ]',
  EndOfFileExpected: 'expected the end of the file',
  InvalidCommentToken: 'comments are no JSON; use a key such as "@comment"',
  UnexpectedEndOfComment: 'comments are no JSON; use a key such as "@comment"',
  UnexpectedEndOfString: 'expected the closing quote of a text',
  UnexpectedEndOfNumber: 'expected the rest of a number',
  InvalidUnicode: 'expected four hexadecimal digits after \\u',
  InvalidEscapeCharacter: 'expected one of \\" \\\\ \\/ \\b \\f \\n \\r \\t \\u',
  InvalidCharacter: 'control characters have to be escaped in texts',
}

const toProblem = ({ error, offset }: ParseError): Problem => ({ offset, message: PROBLEMS[printParseErrorCode(error)] ?? 'is no JSON here' })

function offsetOf(root: Node | undefined, path: Path): number {
  let node = root
  for (const part of path) {
    const next = node && childOf(node, part)
    if (!next) break
    node = next
  }
  return node?.offset ?? 0
}

/** Keys count in any letter case, as KrakenD reads them; of equal ones the last. */
function childOf(node: Node, part: string | number): Node | undefined {
  if (typeof part === 'number') return node.type === 'array' ? node.children?.[part] : undefined
  const named = (same: (key: string) => boolean): Node | undefined =>
    node.children?.findLast((property) => property.type === 'property' && same(String(property.children![0]!.value)))
  const property = node.type === 'object' ? (named((key) => key === part) ?? named((key) => key.toLowerCase() === part.toLowerCase())) : undefined
  return property?.children![1] ?? property
}

function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset)
  const line = before.split('\n').length
  return { line, column: offset - before.lastIndexOf('\n') }
}
