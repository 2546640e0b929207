/** A schema's resources: where each `$id` begins, which draft holds there, and what anchors it has (JSON Schema core §8, §9). */
export type Draft = 4 | 6 | 7 | 2019 | 2020

/** A place within the document as the keys that lead to it. */
export type Keys = readonly string[]

export interface Resource {
  keys: Keys
  url: string
  draft: Draft
  anchors: Map<string, Keys>
  dynamicAnchors: Set<string>
}

/** A schema that means nothing: KrakenD switches validation off. */
export class SchemaError extends Error {
  override name = 'SchemaError'
  readonly keys: Keys
  constructor(keys: Keys, message: string) {
    super(message)
    this.keys = keys
  }
}

type Schema = { readonly [keyword: string]: unknown }
export const isSchema = (value: unknown): value is Schema => typeof value === 'object' && value !== null && !Array.isArray(value)

const DRAFTS: { readonly [url: string]: Draft } = {
  'json-schema.org/schema': 2020,
  'json-schema.org/draft/2020-12/schema': 2020,
  'json-schema.org/draft/2019-09/schema': 2019,
  'json-schema.org/draft-07/schema': 7,
  'json-schema.org/draft-06/schema': 6,
  'json-schema.org/draft-04/schema': 4,
}

/** The draft that `$schema` names. */
export function draftOf(schema: Schema, fallback: Draft, keys: Keys): Draft {
  const { $schema } = schema
  if (typeof $schema !== 'string') return fallback
  const draft = DRAFTS[$schema.replace(/#$/, '').replace(/^https?:\/\//, '')]
  if (!draft) throw new SchemaError([...keys, '$schema'], `expected the address of a JSON Schema draft (4 to 2020-12), found "${$schema}"`)
  return draft
}

/** Keywords whose values are schemas, lists of them, or objects of them, with the first draft that has them. */
const SCHEMAS = since({ 4: 'not additionalProperties items additionalItems', 6: 'propertyNames contains', 7: 'if then else', 2019: 'unevaluatedProperties unevaluatedItems contentSchema' })
const LISTS = since({ 4: 'allOf anyOf oneOf items', 2020: 'prefixItems' })
const MAPS = since({ 4: 'definitions properties patternProperties dependencies', 2019: '$defs dependentSchemas' })

function since(keywords: { readonly [D in Draft]?: string }): ReadonlyMap<string, number> {
  return new Map(Object.entries(keywords).flatMap(([draft, names]) => names.split(' ').map((name) => [name, Number(draft)])))
}

export interface Document {
  root: unknown
  resources: readonly Resource[]
  resourceOf(keys: Keys): Resource
  /** The place that a reference leads to from a place. */
  resolve(reference: string, keys: Keys, keyword: string): Keys
  valueAt(keys: Keys): unknown
}

/** Any will do: nothing is fetched. */
const BASE = 'schema://configuration/schema.json'

export function readDocument(root: unknown, first: Draft): Document {
  const resources: Resource[] = []
  collect(root, [], BASE, isSchema(root) ? draftOf(root, first, []) : first)
  const resourceOf = (keys: Keys): Resource => resources.filter((resource) => resource.keys.every((key, i) => key === keys[i])).toSorted((a, b) => b.keys.length - a.keys.length)[0]!
  const valueAt = (keys: Keys): unknown => keys.reduce<unknown>((value, key) => (typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? (value as Schema)[key] : undefined), root)
  return { root, resources, resourceOf, valueAt, resolve }

  function resolve(reference: string, keys: Keys, keyword: string): Keys {
    const complain = (message: string): never => {
      throw new SchemaError([...keys, keyword], message)
    }
    const [address = '', ...rest] = reference.split('#')
    const url = address === '' ? resourceOf(keys).url : join(resourceOf(keys).url, address, [...keys, keyword])
    const resource = resources.find((one) => one.url === url) ?? complain(`expected a reference within the schema, found "${reference}": schemas elsewhere are not fetched`)
    const fragment = decode(rest.join('#'))
    if (fragment === '' || fragment.startsWith('/')) {
      const place = [...resource.keys, ...fragment.split('/').slice(1).map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))]
      return valueAt(place) === undefined ? complain(`nothing stands at "${reference}"`) : place
    }
    return resource.anchors.get(fragment) ?? complain(`no schema has the anchor of "${reference}"`)
  }

  function collect(value: unknown, keys: Keys, base: string, draft: Draft): void {
    if (!isSchema(value)) {
      if (!keys.length) resources.push({ keys, url: base, draft, anchors: new Map(), dynamicAnchors: new Set() })
      return
    }
    const ignored = draft < 2019 && '$ref' in value
    const id = ignored ? undefined : value[draft === 4 ? 'id' : '$id']
    const address = typeof id === 'string' ? id.split('#')[0]! : ''
    const own = address !== '' && keys.length ? draftOf(value, draft, keys) : draft
    const url = address === '' ? base : join(base, address, keys)
    if (address !== '' || !keys.length) {
      if (resources.some((resource) => resource.url === url)) throw new SchemaError(keys, `two schemas have the id "${url}"`)
      resources.push({ keys, url, draft: own, anchors: new Map(), dynamicAnchors: new Set() })
    }
    if (!ignored) collectAnchors(value, id, keys, resources.find((resource) => resource.url === url)!, own)
    for (const [inner, path] of subschemas(value, keys, own)) collect(inner, path, url, own)
  }
}

function collectAnchors(schema: Schema, id: unknown, keys: Keys, resource: Resource, draft: Draft): void {
  const named = draft < 2019 ? (typeof id === 'string' && id.includes('#') ? decode(id.slice(id.indexOf('#') + 1)) : '') : schema.$anchor
  const dynamic = draft >= 2020 ? schema.$dynamicAnchor : undefined
  for (const name of [named, dynamic]) {
    if (typeof name !== 'string' || name === '' || name.startsWith('/')) continue
    const before = resource.anchors.get(name)
    if (before && before.join('/') !== keys.join('/')) throw new SchemaError(keys, `two schemas have the anchor "${name}"`)
    resource.anchors.set(name, keys)
  }
  if (typeof dynamic === 'string') resource.dynamicAnchors.add(dynamic)
}

function* subschemas(schema: Schema, keys: Keys, draft: Draft): Generator<readonly [unknown, Keys]> {
  for (const [keyword, value] of Object.entries(schema)) {
    const has = (table: ReadonlyMap<string, number>): boolean => (table.get(keyword) ?? Number.POSITIVE_INFINITY) <= draft
    if (has(SCHEMAS) && isSchema(value)) yield [value, [...keys, keyword]]
    if (has(LISTS) && Array.isArray(value)) for (const [i, item] of value.entries()) yield [item, [...keys, keyword, String(i)]]
    if (has(MAPS) && isSchema(value)) for (const [name, item] of Object.entries(value)) yield [item, [...keys, keyword, name]]
  }
}

function join(base: string, address: string, keys: Keys): string {
  try {
    return new URL(address, base).href
  } catch {
    throw new SchemaError(keys, `expected an address, found "${address}"`)
  }
}

function decode(fragment: string): string {
  try {
    return decodeURIComponent(fragment)
  } catch {
    return fragment
  }
}
