/** target, allow, deny, mapping, group and flatmap_filter → the programs of worker/json/shape.ts and worker/shape (proxy/RULES.md §3, §4). */
import type { Shape, Tree } from '../../worker/json/shape.ts'
import type { Operation } from '../../worker/shape/flatmap.ts'
import type { Path, Report } from '../diagnostics.ts'
import type { Backend } from '../schema/service.ts'

type Branch = Map<string, Branch | null>

export function normaliseShape(backend: Backend): Shape {
  const allow = backend.allow ?? []
  const deny = backend.deny ?? []
  return {
    target: backend.target ? backend.target.split('.') : [],
    keep: allow.length ? toTree(keepTree(allow)) : null,
    drop: !allow.length && deny.length ? toTree(dropTree(deny)) : null,
    // KrakenD cuts the new name at its first dot.
    rename: Object.entries(backend.mapping ?? {}).map(([from, to]) => [from, to.split('.')[0]!] as const),
    group: backend.group || null,
    keys: false,
  }
}

export const changesNothing = (shape: Shape): boolean =>
  !shape.target.length && !shape.keep && !shape.drop && !shape.rename.length && shape.group === null

const toTree = (branch: Branch): Tree => [...branch].map(([name, inner]) => [name, inner && toTree(inner)] as const)

/** Where one path is a prefix of another, the later in the list wins. */
function keepTree(paths: readonly string[]): Branch {
  const root: Branch = new Map()
  for (const path of paths) {
    const parts = path.split('.')
    let branch = root
    for (const part of parts.slice(0, -1)) {
      let inner = branch.get(part)
      if (!inner) branch.set(part, (inner = new Map()))
      branch = inner
    }
    branch.set(parts.at(-1)!, null)
  }
  return root
}

/** A denied parent beats denied children, in any order. */
function dropTree(paths: readonly string[]): Branch {
  const root: Branch = new Map()
  for (const path of paths) {
    const parts = path.split('.')
    let branch: Branch | null = root
    for (const part of parts.slice(0, -1)) {
      const inner: Branch | null | undefined = branch.get(part)
      if (inner === undefined) branch.set(part, (branch = new Map()))
      else branch = inner
      if (!branch) break
    }
    branch?.set(parts.at(-1)!, null)
  }
  return root
}

/**
 * What the filters leave of an object whose one member, no object itself, has this name: the member's name then, or null.
 * So collections and plain contents need no program at run time.
 */
export function nameAfterFilters(name: string, { target, keep, drop, rename }: Shape): string | null {
  if (target.length) return null
  if (keep && !keep.some(([key, inner]) => key === name && !inner)) return null
  if (drop?.some(([key, inner]) => key === name && !inner)) return null
  const renamed = rename.find(([from]) => from === name)
  if (!renamed) return name
  return renamed[1] === name ? null : renamed[1]
}

/** null: no flatmap_filter that KrakenD would run. */
export function normaliseFlatmap(list: readonly unknown[] | undefined, at: Path, report: Report): readonly Operation[] | null {
  if (!list?.length) return null
  let typed = 0
  const operations: Operation[] = []
  for (const [i, item] of list.entries()) {
    const { type, args } = (typeof item === 'object' && item !== null ? item : {}) as { type?: unknown; args?: unknown }
    if (typeof type !== 'string') {
      report.warn([...at, i], 'wrong-type', 'expected an operation with a "type": "move", "append" or "del"; it does nothing', { opensDoor: true })
      continue
    }
    typed++
    const operation = readOperation(type, Array.isArray(args) ? args : [], [...at, i], report)
    if (operation) operations.push(operation)
  }
  return typed ? operations : null
}

function readOperation(type: string, args: readonly unknown[], at: Path, report: Report): Operation | null {
  const paths = args.filter((arg) => typeof arg === 'string').map((arg) => arg.split('.'))
  if (type === 'del') return { type, paths }
  if (type !== 'move' && type !== 'append') report.warn([...at, 'type'], 'unknown-operation', `expected "move", "append" or "del", found "${type}": it does nothing`, { opensDoor: true })
  else if (paths.length < 2) report.warn([...at, 'args'], 'missing-argument', `${type} needs two paths: it does nothing (KrakenD crashes when it runs)`, { opensDoor: true })
  else return { type, from: paths[0]!, to: paths[1]! }
  return null
}
