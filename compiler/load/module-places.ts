/**
 * Where in a module the configuration's values are written: its default export is followed through literals, variables of the top level
 * and `...spreads`. What a program computes is found at the nearest place around it.
 */
import { SourceMap } from 'node:module'
import path from 'node:path'
import { type ArrayExpression, type Expression, type Identifier, type Literal, type ObjectExpression, parse, type Program, type Property, type SpreadElement } from 'acorn'
import type { Path } from '../diagnostics.ts'
import { findKey } from './document.ts'
import type { Position } from './source.ts'

/** `code` ends in an inline source map whose sources are named from the folder of `file`. */
export function createModulePlaces(code: string, file: string): (at: Path) => Position {
  let places: { program: Program; map: SourceMap; lines: readonly number[] } | undefined
  return (at) => {
    places ??= { program: parse(code, { ecmaVersion: 'latest', sourceType: 'module' }), map: mapOf(code), lines: lineStarts(code) }
    const { program, map, lines } = places
    const offset = offsetOf(program, at)
    const line = lines.findLastIndex((start) => start <= offset)
    const entry = map.findEntry(line, offset - lines[line]!)
    if (!('originalSource' in entry)) return { line: 1, column: 1 }
    const source = path.resolve(path.dirname(file), entry.originalSource)
    return { line: entry.originalLine + 1, column: entry.originalColumn + 1, ...(source !== file && { file: path.relative('.', source) }) }
  }
}

function mapOf(code: string): SourceMap {
  const [, encoded] = /\/\/# sourceMappingURL=data:[^,]*,(\S+)\s*$/.exec(code)!
  return new SourceMap(JSON.parse(Buffer.from(encoded!, 'base64').toString('utf8')) as ConstructorParameters<typeof SourceMap>[0])
}

function lineStarts(code: string): number[] {
  const starts = [0]
  for (let at = code.indexOf('\n'); at >= 0; at = code.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

function offsetOf(program: Program, at: Path): number {
  const values = topLevel(program)
  let node = exported(program)
  let offset = 0
  for (const part of [null, ...at]) {
    const next = part === null ? node : node && childOf(node, part, values)
    if (!next) break
    offset = next.start
    node = literalOf(next, values)
    if (part === null && node) offset = node.start
  }
  return offset
}

type Values = ReadonlyMap<string, Expression>

/** Initial values of the module's own variables. */
function topLevel({ body }: Program): Values {
  const declarations = body.flatMap((statement) => (statement.type === 'VariableDeclaration' ? statement.declarations : []))
  return new Map(declarations.flatMap(({ id, init }) => (id.type === 'Identifier' && init ? [[id.name, init] as const] : [])))
}

/** esbuild writes `export { name as default }` at the end. */
function exported({ body }: Program): Expression | undefined {
  const specifiers = body.flatMap((statement) => (statement.type === 'ExportNamedDeclaration' ? statement.specifiers : []))
  const local = specifiers.find(({ exported: name }) => name.type === 'Identifier' && name.name === 'default')?.local
  return local?.type === 'Identifier' ? local : undefined
}

/** The object or list that an expression stands for, if that is written down. */
function literalOf(node: Expression | SpreadElement, values: Values, depth = 0): ObjectExpression | ArrayExpression | undefined {
  // Variables may name each other.
  if (depth > 20) return undefined
  if (node.type === 'ObjectExpression' || node.type === 'ArrayExpression') return node
  if (node.type === 'Identifier') {
    const value = values.get(node.name)
    return value && literalOf(value, values, depth + 1)
  }
  const [first] = node.type === 'CallExpression' && node.callee.type === 'Identifier' && node.callee.name === 'defineGateway' ? node.arguments : []
  return first && literalOf(first, values, depth + 1)
}

function childOf(parent: Expression, part: string | number, values: Values): Expression | SpreadElement | undefined {
  if (parent.type === 'ArrayExpression') return typeof part === 'number' ? itemOf(parent, part, values) : undefined
  if (parent.type !== 'ObjectExpression' || typeof part !== 'string') return undefined
  const named = parent.properties.filter((property): property is Property & { key: Identifier | Literal } => property.type === 'Property' && !property.computed)
  const property = findKey(named, ({ key }) => (key.type === 'Identifier' ? key.name : key.value), part)
  if (property) return property.value
  const spreads = parent.properties.filter((other) => other.type === 'SpreadElement').toReversed()
  return spreads.map(({ argument }) => literalOf(argument, values)).map((spread) => spread && childOf(spread, part, values)).find((found) => found !== undefined)
}

/** A spread whose length is not known is where all behind it is found. */
function itemOf({ elements }: ArrayExpression, index: number, values: Values): Expression | SpreadElement | undefined {
  let left = index
  for (const element of elements) {
    const spread = element?.type === 'SpreadElement' ? literalOf(element.argument, values) : undefined
    if (element?.type === 'SpreadElement' && spread?.type !== 'ArrayExpression') return element
    const count = spread?.type === 'ArrayExpression' ? spread.elements.length : 1
    if (left < count) return spread?.type === 'ArrayExpression' ? itemOf(spread, left, values) : (element ?? undefined)
    left -= count
  }
  return undefined
}
