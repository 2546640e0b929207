/**
 * A JSON Schema → what worker/json-schema/validate.ts walks: references resolved, drafts told apart, patterns compiled. KrakenD switches
 * validation off for a schema that does not compile (security/RULES.md, validation/json-schema): a SchemaError says why.
 */
import type { CompiledSchema, SchemaNode } from '../../worker/json-schema/schema.ts'
import type { RegexpProgram } from '../../worker/regexp/program.ts'
import type { Json } from '../../worker/types.ts'
import { compileRegexp } from '../regexp.ts'
import { checkSchema } from './metaschema.ts'
import { type Document, type Draft, draftOf, isSchema, type Keys, readDocument, SchemaError } from './documents.ts'

export { SchemaError } from './documents.ts'

/** KrakenD's default. */
const NEWEST: Draft = 2020

type Writable<T> = { -readonly [K in keyof T]: T[K] }
type Node = Writable<SchemaNode>

export function compileSchema(root: unknown): CompiledSchema {
  const draft = isSchema(root) ? draftOf(root, NEWEST, []) : NEWEST
  checkSchema(root, draft)
  const document = readDocument(root, NEWEST)
  const queue: Keys[] = []
  const places = new Map<string, number>()
  const nodeAt = (keys: Keys): number => {
    const key = JSON.stringify(keys)
    const known = places.get(key)
    if (known !== undefined) return known
    places.set(key, queue.length)
    return queue.push(keys) - 1
  }
  nodeAt([])
  const nodes: Node[] = []
  for (let keys = queue[0]; keys; keys = queue[nodes.length]) nodes.push(compileNode(keys, document, nodeAt))
  return nodes
}

function compileNode(keys: Keys, document: Document, nodeAt: (keys: Keys) => number): Node {
  const value = document.valueAt(keys)
  const resource = document.resourceOf(keys)
  const { draft } = resource
  const node: Node = { draft, resource: nodeAt(resource.keys) }
  if (draft >= 2020 && resource.keys.length === keys.length && resource.dynamicAnchors.size) node.anchors = Object.fromEntries([...resource.dynamicAnchors].map((name) => [name, nodeAt(resource.anchors.get(name)!)]))
  if (!isSchema(value)) return { ...node, always: value !== false }
  if (!Object.keys(value).length) return { ...node, always: true }
  if (draft < 2019 && typeof value.$ref === 'string') return { ...node, ref: nodeAt(document.resolve(value.$ref, keys, '$ref')) }
  const read = createReader(value, keys, nodeAt)
  compileReferences(node, read, document, nodeAt)
  compileCombined(node, read)
  compileObject(node, read)
  compileArray(node, read)
  compileValues(node, read)
  return node
}

type Reader = ReturnType<typeof createReader>

/** Keywords of one schema, by what they hold. A wrong type is none: the draft's own schema has been asked. */
function createReader(schema: { readonly [keyword: string]: unknown }, keys: Keys, nodeAt: (keys: Keys) => number) {
  const own = (keyword: string): unknown => (Object.hasOwn(schema, keyword) ? schema[keyword] : undefined)
  const number = (keyword: string): string | undefined => (typeof own(keyword) === 'number' ? String(own(keyword)) : undefined)
  return {
    keys,
    own,
    number,
    text: (keyword: string): string | undefined => (typeof own(keyword) === 'string' ? (own(keyword) as string) : undefined),
    count: (keyword: string): number | undefined => (number(keyword) === undefined ? undefined : Number(number(keyword))),
    texts: (keyword: string): string[] | undefined => textsOf(own(keyword)),
    schema: (keyword: string): number | undefined => (own(keyword) === undefined ? undefined : nodeAt([...keys, keyword])),
    schemas: (keyword: string): number[] | undefined => listOf(own(keyword))?.map((_, i) => nodeAt([...keys, keyword, String(i)])),
    named: (keyword: string): [string, number][] | undefined => membersOf(own(keyword))?.map(([name]) => [name, nodeAt([...keys, keyword, name])]),
  }
}

const listOf = (value: unknown): unknown[] | undefined => (Array.isArray(value) ? (value as unknown[]) : undefined)
const textsOf = (value: unknown): string[] | undefined => listOf(value)?.filter((item) => typeof item === 'string')
const membersOf = (value: unknown): [string, unknown][] | undefined => (isSchema(value) ? Object.entries(value) : undefined)

/** Sets what is there: a plan has no keys without a value. */
function set<K extends keyof Node>(node: Node, keyword: K, value: Node[K] | undefined): void {
  if (value !== undefined) node[keyword] = value
}

function compileReferences(node: Node, { keys, text, own }: Reader, document: Document, nodeAt: (keys: Keys) => number): void {
  const nodeOf = (keyword: string): number | undefined => (text(keyword) === undefined ? undefined : nodeAt(document.resolve(text(keyword)!, keys, keyword)))
  set(node, 'ref', nodeOf('$ref'))
  if (node.draft === 2019) {
    set(node, 'recursiveRef', nodeOf('$recursiveRef'))
    if (own('$recursiveAnchor') === true) node.recursiveAnchor = true
  }
  if (node.draft < 2020) return
  set(node, 'dynamicAnchor', text('$dynamicAnchor'))
  const to = nodeOf('$dynamicRef')
  const [, anchor] = text('$dynamicRef')?.split('#') ?? []
  if (to !== undefined) node.dynamicRef = { to, anchor: anchor && !anchor.startsWith('/') ? anchor : null }
}

function compileCombined(node: Node, { own, schema, schemas }: Reader): void {
  for (const keyword of ['allOf', 'anyOf', 'oneOf'] as const) set(node, keyword, schemas(keyword))
  set(node, 'not', schema('not'))
  if (node.draft < 7 || own('if') === undefined) return
  for (const keyword of ['if', 'then', 'else'] as const) set(node, keyword, schema(keyword))
}

function compileObject(node: Node, reader: Reader): void {
  const { own, count, texts, schema, named } = reader
  set(node, 'minProperties', count('minProperties'))
  set(node, 'maxProperties', count('maxProperties'))
  set(node, 'required', texts('required'))
  set(node, 'properties', named('properties'))
  set(node, 'patternProperties', named('patternProperties')?.map(([pattern, to]) => [programOf(pattern, [...reader.keys, 'patternProperties', pattern]), to]))
  set(node, 'additionalProperties', own('additionalProperties') === false ? false : schema('additionalProperties'))
  // Also under drafts that no longer have it (security/RULES.md, "Found later").
  set(node, 'dependencies', named('dependencies')?.map(([name, to]) => [name, textsOf(membersOf(own('dependencies'))!.find(([key]) => key === name)![1]) ?? to]))
  if (node.draft >= 6) set(node, 'propertyNames', schema('propertyNames'))
  if (node.draft < 2019) return
  set(node, 'dependentSchemas', named('dependentSchemas'))
  set(node, 'dependentRequired', membersOf(own('dependentRequired'))?.map(([name, needs]) => [name, textsOf(needs) ?? []]))
  set(node, 'unevaluatedProperties', schema('unevaluatedProperties'))
}

/** `items` as a list is `prefixItems`, and `additionalItems` the `items` behind them, since 2020-12. */
function compileArray(node: Node, { own, count, schema, schemas }: Reader): void {
  set(node, 'minItems', count('minItems'))
  set(node, 'maxItems', count('maxItems'))
  if (own('uniqueItems') === true) node.uniqueItems = true
  const rest = (keyword: string): number | false | undefined => (own(keyword) === false ? false : schema(keyword))
  if (node.draft >= 2020) {
    set(node, 'prefixItems', schemas('prefixItems'))
    set(node, 'items', schema('items'))
  } else if (Array.isArray(own('items'))) {
    set(node, 'prefixItems', schemas('items'))
    set(node, 'items', rest('additionalItems'))
  } else set(node, 'items', schema('items'))
  if (node.draft >= 6) set(node, 'contains', schema('contains'))
  if (node.draft < 2019) return
  if (node.contains !== undefined) {
    set(node, 'minContains', count('minContains'))
    set(node, 'maxContains', count('maxContains'))
  }
  set(node, 'unevaluatedItems', schema('unevaluatedItems'))
}

/** In the order in which messages list them. */
const TYPES = ['null', 'boolean', 'number', 'integer', 'string', 'array', 'object']

function compileValues(node: Node, { keys, own, count, text, texts, number }: Reader): void {
  const types = text('type') === undefined ? texts('type') : [text('type')!]
  set(node, 'types', types && TYPES.filter((type) => types.includes(type)))
  set(node, 'enum', listOf(own('enum')) as Json[] | undefined)
  if (node.draft >= 6 && own('const') !== undefined) node.const = { value: own('const') as Json }
  // 2019-09 and later take it as a remark, unless a vocabulary of their own says otherwise.
  if (node.draft < 2019) set(node, 'format', text('format'))
  set(node, 'minLength', count('minLength'))
  set(node, 'maxLength', count('maxLength'))
  const pattern = text('pattern')
  if (pattern !== undefined) node.pattern = { source: pattern, program: programOf(pattern, [...keys, 'pattern']) }
  set(node, 'multipleOf', number('multipleOf'))
  for (const [limit, exclusive] of [['minimum', 'exclusiveMinimum'], ['maximum', 'exclusiveMaximum']] as const) {
    // Draft 4 has a truth value beside the limit.
    const flagged = own(exclusive) === true
    set(node, flagged ? exclusive : limit, number(limit))
    if (!flagged) set(node, exclusive, number(exclusive))
  }
}

function programOf(pattern: string, keys: Keys): RegexpProgram {
  const compiled = compileRegexp(pattern)
  if ('error' in compiled) throw new SchemaError(keys, compiled.error)
  return compiled.program
}
