/** target, allow, deny, mapping and group by their words (proxy/RULES.md §3), against the byte program and against the one over data. */
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { normaliseShape } from '../../compiler/normalise/shape.ts'
import type { Backend } from '../../compiler/schema/service.ts'
import { decode as createDecode } from '../../worker/encoding/json.ts'
import { dataOf } from '../../worker/json/data.ts'
import { reshape } from '../../worker/shape/data.ts'
import type { Context, Made } from '../../worker/types.ts'
import { document, type Members, NAMES, readJson, toBytes, type Value } from './json-model.ts'

type Filters = Partial<Pick<Backend, 'target' | 'allow' | 'deny' | 'mapping' | 'group'>>

// ---- The model: one sentence of the rules a function

const isMembers = (value: Value | undefined): value is Members => value instanceof Map
type Path = readonly string[]
const split = (paths: readonly string[]): Path[] => paths.map((path) => path.split('.'))
const within = (path: Path, outer: Path): boolean => outer.every((part, i) => path[i] === part)
const ends = (paths: readonly Path[], name: string): boolean => paths.some((path) => path.length === 1 && path[0] === name)
const below = (paths: readonly Path[], name: string): Path[] => paths.filter((path) => path.length > 1 && path[0] === name).map((path) => path.slice(1))

/** Each part must be a name of an object; otherwise there is nothing. */
function target(data: Members, path: string): Members {
  let value: Value | undefined = data
  for (const part of path.split('.')) value = isMembers(value) ? value.get(part) : undefined
  return isMembers(value) ? value : new Map()
}

/** Where one path is within another, the later in the list wins: earlier ones that clash with a later one do not count. */
function allow(data: Members, paths: readonly Path[]): Members {
  return keep(data, paths.filter((path, i) => !paths.slice(i + 1).some((later) => later.length !== path.length && (within(later, path) || within(path, later)))))
}

/** A path that ends at a name keeps its value; one that goes below keeps it if something below is left. */
function keep(data: Members, paths: readonly Path[]): Members {
  const left: Members = new Map()
  for (const [name, value] of data) {
    const inner = isMembers(value) ? keep(value, below(paths, name)) : new Map<string, Value>()
    if (ends(paths, name)) left.set(name, value)
    else if (inner.size) left.set(name, inner)
  }
  return left
}

/** Parents stay, also where they are empty then. */
function deny(data: Members, paths: readonly Path[]): Members {
  const stays = [...data].filter(([name]) => !ends(paths, name))
  return new Map(stays.map(([name, value]) => [name, isMembers(value) ? deny(value, below(paths, name)) : value]))
}

/** Sets the new name, up to its first dot, then deletes the old one. */
function mapping(data: Members, names: { readonly [from: string]: string }): Members {
  const renamed = new Map(data)
  for (const [from, to] of Object.entries(names)) {
    if (!renamed.has(from)) continue
    renamed.set(to.split('.')[0]!, renamed.get(from)!)
    renamed.delete(from)
  }
  return renamed
}

function model(data: Members, filters: Filters): Members {
  let left = filters.target ? target(data, filters.target) : data
  if (filters.allow?.length) left = allow(left, split(filters.allow))
  else if (filters.deny?.length) left = deny(left, split(filters.deny))
  left = mapping(left, filters.mapping ?? {})
  return filters.group ? new Map([[filters.group, left]]) : left
}

// ---- Random filters

const path = fc.array(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 3 }).map((parts) => parts.join('.'))
/** Names that are told apart: Go goes through a map in random order, so chains and clashes have no one answer. */
const renames = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'x', '__proto__', 'y.z', '1'), { selector: (name) => name.split('.')[0], maxLength: 4 }).map((names) => {
  const pairs: [string, string][] = []
  for (let i = 0; i + 1 < names.length; i += 2) pairs.push([names[i]!, names[i + 1]!])
  return Object.fromEntries(pairs)
})
const filters: fc.Arbitrary<Filters> = fc.record(
  {
    target: path,
    allow: fc.array(path, { minLength: 1, maxLength: 4 }),
    deny: fc.array(path, { minLength: 1, maxLength: 4 }),
    mapping: fc.oneof(renames, fc.constantFrom('a', 'b').map((name) => ({ [name]: name })), fc.constant({ a: 'a.x' })),
    group: fc.constantFrom('a', 'g', '__proto__', 'x.y'),
  },
  { requiredKeys: [] },
)

const shapeOf = (backend: Filters) => normaliseShape(backend as Backend)
const show = (bytes: Uint8Array, backend: Filters): string => `${JSON.stringify(Buffer.from(bytes).toString('latin1'))} ${JSON.stringify(backend)}`
const encoder = new TextEncoder()

suite('filters do what their words say', () => {
  const RUNS = { numRuns: 3000 }

  test('over bytes', async () => {
    await fc.assert(
      fc.asyncProperty(document, filters, fc.boolean(), async (bytes, backend, keys) => {
        const sent = toBytes(bytes)
        const decode = createDecode({ expects: 'object', shape: { ...shapeOf(backend), keys }, collection: null, content: null, maxBytes: 1e6 }, {} as Made)
        const { body } = await decode(new Response(sent), {} as Context)
        assert.ok(body.kind === 'json')
        const expected = model(readJson(sent) as Members, backend)
        assert.deepEqual(readJson(Buffer.concat(body.pieces)), expected, show(sent, backend))
        assert.equal(body.members > 0, expected.size > 0, show(sent, backend))
        if (body.keys) assert.deepEqual(new Set(body.keys), new Set(expected.keys()), show(sent, backend))
      }),
      RUNS,
    )
  })

  test('over data', async () => {
    const decode = createDecode({ expects: 'object', shape: { ...shapeOf({}), keys: false }, collection: null, content: null, maxBytes: 1e6 }, {} as Made)
    await fc.assert(
      fc.asyncProperty(document, filters, async (bytes, backend) => {
        const sent = toBytes(bytes)
        const { body } = await decode(new Response(sent), {} as Context)
        const left = reshape(dataOf(body), { ...shapeOf(backend), flatmap: null })
        assert.deepEqual(readJson(encoder.encode(JSON.stringify(left))), model(readJson(sent) as Members, backend), show(sent, backend))
      }),
      RUNS,
    )
  })
})
