import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { flatmap, type Operation } from './flatmap.ts'

type Data = { [key: string]: unknown }
const isBranch = (value: unknown): value is Data => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Objects only: the operations by their words (proxy/RULES.md §4), on plain values. A node that lost all its members becomes null. */
function model(data: Data, operations: readonly Operation[]): unknown {
  const had = new Set<Data>()
  const mark = (node: Data): void => {
    if (Object.keys(node).length) had.add(node)
    for (const value of Object.values(node)) if (isBranch(value)) mark(value)
  }
  mark(data)
  const at = (path: readonly string[]): Data[] => {
    let found: Data[] = [data]
    for (const part of path) found = found.flatMap((node) => (part === '*' ? Object.values(node) : Object.hasOwn(node, part) ? [node[part]] : [])).filter(isBranch)
    return found
  }
  for (const operation of operations) {
    if (operation.type === 'del') for (const path of operation.paths) remove(at(path.slice(0, -1)), path.at(-1)!)
    else if (operation.type === 'move') move(operation.from, operation.to)
  }
  function remove(parents: readonly Data[], last: string): void {
    for (const parent of parents) for (const key of Object.keys(parent)) if (last === '*' || key === last) delete parent[key]
  }
  function move(from: readonly string[], to: readonly string[]): void {
    const name = from.at(-1)!
    const moved = at(from.slice(0, -1)).filter((parent) => Object.hasOwn(parent, name)).map((parent) => {
      const value = parent[name]
      delete parent[name]
      return { parent, value }
    })
    for (const { parent, value } of moved) {
      const target = from.length < to.length ? embed(parent, to.slice(from.length - 1, -1)) : from.length === to.length ? parent : lift(to.slice(0, -1))
      target[to.at(-1)!] = value
      had.add(target)
    }
  }
  function embed(parent: Data, path: readonly string[]): Data {
    let node = parent
    for (const part of path) {
      if (!isBranch(node[part])) node[part] = {}
      had.add(node)
      node = node[part] as Data
    }
    return node
  }
  function lift(path: readonly string[]): Data {
    let node = data
    for (const part of path) {
      if (!isBranch(node[part])) break
      node = node[part] as Data
    }
    return node
  }
  const finish = (value: unknown): unknown => {
    if (!isBranch(value)) return value
    const entries = Object.entries(value)
    if (!entries.length) return had.has(value) ? null : {}
    return Object.fromEntries(entries.map(([key, item]) => [key, finish(item)]))
  }
  return finish(data)
}

const key = fc.constantFrom('a', 'b', 'c', 'd')
const { data } = fc.letrec<{ value: unknown; data: Data }>((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, fc.constantFrom(1, 'x', null, true), tie('data')),
  data: fc.dictionary(key, tie('value'), { maxKeys: 4 }),
}))
// Renaming onto a name that is there is Go's random choice: new names are new.
const fresh = fc.constantFrom('n1', 'n2', 'n3')
const path = fc.array(key, { minLength: 1, maxLength: 3 })
const starred = fc.tuple(fc.array(fc.oneof(key, fc.constant('*')), { maxLength: 2 }), key).map(([parts, last]) => [...parts, last])
const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ type: fc.constant('del' as const), paths: fc.array(fc.oneof(path, starred), { minLength: 1, maxLength: 2 }) }),
  fc.tuple(path, fresh).map(([from, last]): Operation => ({ type: 'move', from, to: [...from.slice(0, -1), last] })),
  fc.tuple(path, fresh).map(([from, last]): Operation => ({ type: 'move', from, to: [...from, last] })),
  fc.tuple(path, fresh).filter(([from]) => from.length > 1).map(([from, last]): Operation => ({ type: 'move', from, to: [last] })),
)

test('on objects: del and move do what their words say', () => {
  fc.assert(
    fc.property(data, fc.array(operation, { minLength: 1, maxLength: 1 }), (value, operations) => {
      assert.deepEqual(flatmap(structuredClone(value), operations), model(structuredClone(value), operations))
    }),
    { numRuns: 4000 },
  )
})

/** A list's items under the labels that they had at first, `*` for each of them; null is what is left of a node that lost all. */
class Labelled extends Map<string, unknown> {
  list = false
  had = false
}
const label = (value: unknown): unknown => {
  if (!Array.isArray(value) && !isBranch(value)) return value
  const node = new Labelled(Object.entries(value).map(([name, item]) => [name, label(item)]))
  return Object.assign(node, { list: Array.isArray(value), had: node.size > 0 })
}
const unlabel = (node: unknown): unknown => {
  if (!(node instanceof Labelled)) return node
  if (!node.size && node.had) return null
  const entries = [...node].map(([name, item]) => [name, unlabel(item)] as const)
  return node.list ? entries.map(([, item]) => item) : Object.fromEntries(entries)
}
const nodesAt = (root: unknown, path: readonly string[]): Labelled[] =>
  path.reduce((nodes, part) => nodes.flatMap((node) => (part === '*' ? [...node.values()] : [node.get(part)])).filter((node) => node instanceof Labelled), [root as Labelled])

/** del, and moves that rename. */
function modelOfLists(data: Data, operations: readonly Operation[]): unknown {
  const root = label(data)
  for (const operation of operations) {
    const paths = operation.type === 'del' ? operation.paths : [operation.from]
    for (const path of paths) {
      for (const node of nodesAt(root, path.slice(0, -1))) {
        const last = path.at(-1)!
        if (operation.type !== 'del') {
          const renamed = [...node].map(([name, item]) => [name === last ? operation.to.at(-1)! : name, item] as const)
          node.clear()
          for (const [name, item] of renamed) node.set(name, item)
        } else if (last === '*') node.clear()
        else node.delete(last)
      }
    }
  }
  return unlabel(root)
}

const step = fc.oneof(key, fc.constantFrom('0', '1', '2', '*'))
const steps = fc.array(step, { maxLength: 3 })
const { mixed } = fc.letrec<{ item: unknown; mixed: Data }>((tie) => ({
  item: fc.oneof({ maxDepth: 4 }, fc.constantFrom(1, 'x', null), fc.array(tie('item'), { maxLength: 3 }), tie('mixed')),
  mixed: fc.dictionary(key, tie('item'), { maxKeys: 4 }),
}))
const deletion: fc.Arbitrary<Operation> = fc.record({ type: fc.constant('del' as const), paths: fc.array(fc.tuple(steps, step).map(([parts, last]) => [...parts, last]), { minLength: 1, maxLength: 2 }) })
const renaming = (to: string): fc.Arbitrary<Operation> => fc.tuple(steps, key).map(([parts, last]) => ({ type: 'move', from: [...parts, last], to: [...parts, to] }))

test('with lists: any number of deletions and renamings, by the labels that items had at first', () => {
  fc.assert(
    fc.property(mixed, fc.tuple(deletion, renaming('n1'), deletion, renaming('n2')), (value, operations) => {
      assert.deepEqual(flatmap(structuredClone(value), operations), modelOfLists(value, operations))
    }),
    { numRuns: 4000 },
  )
})

test('lists keep their order and their labels until the end', () => {
  const list = { l: [{ a: 1, b: 2 }, { a: 3, b: 4 }, 5] }
  assert.deepEqual(flatmap(list, [{ type: 'del', paths: [['l', '*', 'b']] }]), { l: [{ a: 1 }, { a: 3 }, 5] })
  assert.deepEqual(flatmap({ l: [10, 20, 30], m: [40] }, [{ type: 'del', paths: [['l', '0']] }, { type: 'append', from: ['m'], to: ['l'] }]), { l: [30, 40, 20] })
  assert.deepEqual(flatmap(list, [{ type: 'append', from: ['x'], to: ['l'] }]), list)
})

test('a lift over lists puts values where KrakenD puts them: into the last item, beyond the third level', () => {
  const nested = { a: [{ b: [{ c: { d: 1 } }, { c: { d: 2 } }] }] }
  assert.deepEqual(flatmap(nested, [{ type: 'move', from: ['a', '*', 'b', '*', 'c', 'd'], to: ['a', '*', 'b', '*', 'd'] }]), { a: [{ b: [{ c: null }, { c: null, d: 2 }] }] })
})
