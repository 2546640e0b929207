/** Strict JSON, as KrakenD reads it: no comments, no trailing commas, no byte order mark. */
import { type Node, type ParseError, parseTree, printParseErrorCode, visit } from 'jsonc-parser'
import type { Path } from '../diagnostics.ts'
import { type Document, findKey, FormatError, type Problem, refuseMark, type Repeated } from './document.ts'

const MOST_PROBLEMS = 20

/** Throws FormatError. */
export function parseJson(text: string): Document {
  refuseMark(text, 'not-json')
  const errors: ParseError[] = []
  let tree: Node | undefined
  const root = (): Node | undefined => (tree ??= parseTree(text, errors, { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false }))
  const value = parseOrNull(text)
  if (value !== undefined) return { value, offsetOf: (path) => offsetOf(root(), path), repeated: repeatedIn(text) }
  root()
  throw new FormatError('not-json', !text.trim() ? [{ offset: 0, message: 'the file is empty' }] : errors.length ? problemsIn(text, errors).slice(0, MOST_PROBLEMS) : [{ offset: 0, message: 'is no JSON' }])
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

/** JSON.parse takes the last of equal keys, as Go does, and says nothing. */
function repeatedIn(text: string): Repeated[] {
  const repeated: { path: Path; before: number[] }[] = []
  const open: Map<string, { offset: number; found?: (typeof repeated)[number] }>[] = []
  visit(text, {
    onObjectBegin: () => void open.push(new Map()),
    onObjectEnd: () => void open.pop(),
    onObjectProperty(key, offset, _length, _line, _character, around) {
      const known = open.at(-1)!.get(key) ?? { offset }
      open.at(-1)!.set(key, known)
      if (known.offset === offset) return
      if (!known.found) repeated.push((known.found = { path: [...around(), key], before: [] }))
      known.found.before.push(known.offset)
      known.offset = offset
    },
  })
  return repeated
}

/** One for each place: what follows from a mistake is told there too. */
function problemsIn(text: string, errors: readonly ParseError[]): Problem[] {
  const braces = errors.find(({ offset }) => text.slice(Math.max(0, offset - 1), offset + 2).includes('{{'))
  if (braces) return [{ offset: braces.offset, message: 'expected JSON, found a template: with FC_ENABLE=1 in the environment it is filled in' }]
  const problems = new Map<number, Problem>()
  for (const error of errors) {
    const problem = trailingComma(text, error.offset) ?? toProblem(error)
    if (!problems.has(problem.offset)) problems.set(problem.offset, problem)
  }
  return [...problems.values()]
}

function trailingComma(text: string, offset: number): Problem | null {
  const before = text.slice(0, offset).trimEnd()
  return /[\]}]/.test(text[offset] ?? '') && before.endsWith(',') ? { offset: before.length - 1, message: 'JSON has no comma before a closing bracket' } : null
}

const PROBLEMS: { readonly [code: string]: string } = {
  InvalidSymbol: 'expected a JSON value; words and texts stand in double quotes',
  InvalidNumberFormat: 'expected a number as JSON writes it',
  PropertyNameExpected: 'expected a name in double quotes',
  ValueExpected: 'expected a value',
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

export const toProblem = ({ error, offset }: ParseError): Problem => ({ offset, message: PROBLEMS[printParseErrorCode(error)] ?? 'is no JSON here' })

function offsetOf(root: Node | undefined, path: Path): number {
  let node = root
  for (const part of path) {
    const next = node && childOf(node, part)
    if (!next) break
    node = next
  }
  return node?.offset ?? 0
}

function childOf(node: Node, part: string | number): Node | undefined {
  if (typeof part === 'number') return node.type === 'array' ? node.children?.[part] : undefined
  if (node.type !== 'object') return undefined
  const property = findKey((node.children ?? []).filter(({ type }) => type === 'property'), ({ children }) => children![0]!.value, part)
  return property?.children![1] ?? property
}
