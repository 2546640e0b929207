/** TOML 1.0. */
import { type AST, getStaticTOMLValue, ParseError, parseTOML, traverseNodes } from 'toml-eslint-parser'
import type { Path } from '../diagnostics.ts'
import { type Document, FormatError, refuseMark } from './document.ts'

/** Throws FormatError. */
export function parseToml(text: string): Document {
  refuseMark(text, 'not-toml')
  const table = parse(text)
  let places: Map<string, number> | undefined
  return {
    value: getStaticTOMLValue(table),
    offsetOf(path) {
      places ??= placesOf(table)
      for (let length = path.length; length > 0; length--) {
        const offset = places.get(keyOf(path.slice(0, length)))
        if (offset !== undefined) return offset
      }
      return 0
    },
  }
}

function parse(text: string): AST.TOMLTopLevelTable {
  try {
    const program = parseTOML(text)
    traverseNodes(program, { enterNode: plain, leaveNode: () => undefined })
    return program.body[0]
  } catch (error) {
    if (!(error instanceof ParseError)) throw error
    throw new FormatError('not-toml', [{ offset: error.index, message: `${error.message[0]!.toLowerCase()}${error.message.slice(1)}` }])
  }
}

/** Dates stay the texts that they are, and numbers are numbers. */
function plain(node: AST.TOMLNode): void {
  if (node.type !== 'TOMLValue') return
  const value = node as { value: unknown }
  if ('datetime' in node) value.value = node.datetime
  else if (node.kind === 'integer') value.value = Number(value.value)
}

/** Keys count in any letter case, as KrakenD reads them. */
const keyOf = (path: Path): string => JSON.stringify(path.map((part) => (typeof part === 'string' ? part.toLowerCase() : part)))

function placesOf(top: AST.TOMLTopLevelTable): Map<string, number> {
  const places = new Map<string, number>()
  // Where a table is opened again, its first place counts.
  const add = (path: Path, offset: number): void => void (places.has(keyOf(path)) || places.set(keyOf(path), offset))
  for (const node of top.body) {
    if (node.type === 'TOMLKeyValue') addPair(node, [], add)
    else {
      for (const [i] of node.resolvedKey.entries()) add(node.resolvedKey.slice(0, i + 1), node.range[0])
      for (const pair of node.body) addPair(pair, node.resolvedKey, add)
    }
  }
  return places
}

function addPair({ key, value }: AST.TOMLKeyValue, around: Path, add: (path: Path, offset: number) => void): void {
  const path = [...around, ...key.keys.map((part) => (part.type === 'TOMLBare' ? part.name : part.value))]
  for (let length = around.length + 1; length < path.length; length++) add(path.slice(0, length), key.range[0])
  addValue(value, path, add)
}

function addValue(node: AST.TOMLContentNode, path: Path, add: (path: Path, offset: number) => void): void {
  add(path, node.range[0])
  if (node.type === 'TOMLArray') for (const [i, element] of node.elements.entries()) addValue(element, [...path, i], add)
  if (node.type === 'TOMLInlineTable') for (const pair of node.body) addPair(pair, path, add)
}
