/**
 * flatmap_filter: moves, deletes and appends over a tree whose edges are members and list indexes (proxy/RULES.md §4).
 * Lists keep their items' original labels until the end, and a node that lost all its children becomes null.
 */
import { isObject } from '../json/data.ts'
import type { JsonObject } from '../types.ts'

export type Operation =
  | { type: 'move' | 'append'; from: readonly string[]; to: readonly string[] }
  | { type: 'del'; paths: readonly (readonly string[])[] }

interface Node {
  value: unknown
  isList: boolean
  edges: Edge[]
}
interface Edge {
  label: string
  node: Node
}

const ANY = '*'
const createNode = (): Node => ({ value: null, isList: false, edges: [] })

/** Runs the operations in order. The result is no object only where all of the root's members are gone: null then. */
export function flatmap(data: JsonObject, operations: readonly Operation[]): JsonObject | null {
  const root = createNode()
  fill(root, data)
  for (const operation of operations) {
    if (operation.type === 'del') for (const path of operation.paths) remove(root, path)
    else if (operation.type === 'move') move(root, operation.from, operation.to)
    else append(root, operation.from, operation.to)
  }
  const result = read(root)
  return isObject(result) ? result : null
}

function fill(node: Node, value: unknown): void {
  node.isList = Array.isArray(value)
  const entries = Array.isArray(value) ? value.entries() : isObject(value) ? Object.entries(value) : null
  if (!entries) node.value = value
  else {
    let empty = true
    for (const [label, item] of entries) {
      empty = false
      add(node, [String(label)], item)
    }
    if (empty) node.value = value
  }
}

function add(node: Node, path: readonly string[], value: unknown): void {
  let target = node
  for (const label of path) {
    let edge = edgeOf(target, label)
    if (!edge) target.edges.push((edge = { label, node: createNode() }))
    target = edge.node
  }
  fill(target, value)
}

const edgeOf = (node: Node, label: string): Edge | undefined => node.edges.find((edge) => edge.label === label)

function read(node: Node): unknown {
  if (node.edges.length === 0) return node.value
  if (node.isList) return node.edges.map((edge) => read(edge.node))
  const entries = node.edges.map(({ label, node: child }): [string, unknown] => [label, read(child)])
  return Object.fromEntries(entries)
}

/** What a path holds; `*` gives the list of all that matches, with null where it does not go on. */
function find(node: Node, [label, ...rest]: readonly string[]): unknown {
  if (label === undefined) return read(node)
  if (label === ANY && node.edges.length) return node.edges.map((edge) => find(edge.node, rest))
  const edge = edgeOf(node, label)
  return edge ? find(edge.node, rest) : null
}

function remove(node: Node, [label, ...rest]: readonly string[]): void {
  if (label === undefined) return
  const last = rest.length === 0
  if (label === ANY) {
    if (last) node.edges = []
    else for (const edge of node.edges) remove(edge.node, rest)
    return
  }
  const edge = edgeOf(node, label)
  if (edge && last) node.edges.splice(node.edges.indexOf(edge), 1)
  else if (edge) remove(edge.node, rest)
}

function append(root: Node, from: readonly string[], to: readonly string[]): void {
  const items = find(root, from)
  const list = find(root, to)
  if (!Array.isArray(items) || !Array.isArray(list)) return
  add(root, to, [...(list as unknown[]), ...(items as unknown[])])
  remove(root, from)
}

/**
 * The labels on the way to a node, kept as Go keeps them: in a slice that grows 1, 2, 4, 8. Where there is room left,
 * siblings write to the same place, so that the last one's label counts for all (a defect of KrakenD, kept).
 */
interface Trail {
  labels: string[]
  length: number
}
const isFull = (length: number): boolean => (length & (length - 1)) === 0

function extend({ labels, length }: Trail, label: string): Trail {
  const array = isFull(length) ? labels.slice(0, length) : labels
  array[length] = label
  return { labels: array, length: length + 1 }
}

interface Found {
  node: Node
  trail: Trail
}
interface Moved extends Found {
  edge: Edge
}

/** As long as its source: renames. Longer: embeds below the same parent. Shorter: lifts, from the root. */
function move(root: Node, from: readonly string[], to: readonly string[]): void {
  const name = from.at(-1)!
  const moved: Moved[] = []
  for (const { node, trail } of parents(root, from.slice(0, -1))) {
    const edge = edgeOf(node, name)
    if (!edge) continue
    if (from.length === to.length) edge.label = to.at(-1)!
    else {
      node.edges.splice(node.edges.indexOf(edge), 1)
      moved.push({ node, trail, edge })
    }
  }
  for (const one of moved) {
    const target = from.length > to.length ? liftTarget(root, to, one.trail) : embedTarget(one.node, to.slice(from.length - 1, -1))
    one.edge.label = to.at(-1)!
    target.edges.push(one.edge)
  }
}

function parents(root: Node, path: readonly string[]): Found[] {
  let found: Found[] = [{ node: root, trail: { labels: [], length: 0 } }]
  for (const step of path) {
    found = found.flatMap(({ node, trail }) => {
      const edges = step === ANY ? node.edges : node.edges.filter(({ label }) => label === step).slice(0, 1)
      return edges.map((edge) => ({ node: edge.node, trail: extend(trail, edge.label) }))
    })
  }
  return found
}

/** Walks as far as there are nodes. */
function liftTarget(root: Node, to: readonly string[], trail: Trail): Node {
  let node = root
  for (const [i, step] of to.slice(0, -1).entries()) {
    const edge = edgeOf(node, step === ANY ? trail.labels[i]! : step)
    if (!edge) break
    node = edge.node
  }
  return node
}

function embedTarget(parent: Node, path: readonly string[]): Node {
  let node = parent
  for (const label of path) {
    let edge = edgeOf(node, label)
    if (!edge) node.edges.push((edge = { label, node: createNode() }))
    node = edge.node
  }
  return node
}
