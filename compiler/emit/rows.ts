/**
 * The endpoints of a plan as rows over interned kinds. Endpoints of one shape are written once, with holes where they
 * differ: 10,000 of them in full are 5.7 MB and cost 250 ms at start, interned 0.5 MB and 30 ms.
 */
import type { Json, Row } from '../../worker/types.ts'
import type { PlannedEndpoint } from '../plan.ts'

export interface Interned {
  kinds: Json[]
  rows: Row[]
}

interface Group {
  index: number
  members: { endpoint: PlannedEndpoint; leaves: Json[] }[]
}

export function intern(endpoints: readonly PlannedEndpoint[]): Interned {
  const groups = new Map<string, Group>()
  const order: { group: Group; member: number }[] = []
  for (const endpoint of endpoints) {
    const leaves: Json[] = []
    const shape = shapeOf(endpoint.handler as unknown as Json, leaves)
    let group = groups.get(shape)
    if (!group) groups.set(shape, (group = { index: groups.size, members: [] }))
    order.push({ group, member: group.members.length })
    group.members.push({ endpoint, leaves })
  }
  const dug = [...groups.values()].map(dig)
  const rows = order.map(({ group, member }) => dug[group.index]!.rows[member]!)
  return { kinds: dug.map(({ kind }) => kind), rows }
}

/** Names of modules belong to the shape: the kinds tell which are in use. */
export const isModule = (json: Json): json is string => typeof json === 'string' && /^(worker|features)(\/[\w-]+)+$/.test(json)
/** Texts, numbers and booleans are leaves; so is an object that itself has a member called `$`. */
const isLeaf = (json: Json): boolean => (json === null || typeof json !== 'object' ? !isModule(json) : !Array.isArray(json) && '$' in json)

/** The shape of a value, as text; its leaves, in order, are put aside. */
function shapeOf(json: Json, leaves: Json[]): string {
  if (isLeaf(json)) {
    leaves.push(json)
    return '.'
  }
  if (isModule(json)) return json
  if (Array.isArray(json)) {
    let shape = '['
    for (const item of json as readonly Json[]) shape += `${shapeOf(item, leaves)},`
    return `${shape}]`
  }
  let shape = '{'
  for (const key in json as object) shape += `${JSON.stringify(key)}:${shapeOf((json as { [key: string]: Json })[key]!, leaves)},`
  return `${shape}}`
}

/** Leaves that all members share go back into the kind, the others become holes, one for each column of equal leaves. */
function dig({ index, members }: Group): { kind: Json; rows: Row[] } {
  const first = members[0]!.leaves
  const columns: number[] = []
  const holes = first.map((leaf, i): Json => {
    if (!isObject(leaf) && members.every(({ leaves }) => leaves[i] === leaf)) return leaf
    const same = columns.findIndex((column) => members.every(({ leaves }) => leaves[i] === leaves[column]))
    return { $: same >= 0 ? same : columns.push(i) - 1 }
  })
  let next = 0
  const put = (json: Json): Json => {
    if (isLeaf(json)) return holes[next++]!
    if (isModule(json)) return json
    if (Array.isArray(json)) return json.map(put)
    return Object.fromEntries(Object.entries(json as object).map(([key, item]) => [key, put(item as Json)]))
  }
  const kind = put(members[0]!.endpoint.handler as unknown as Json)
  return { kind, rows: members.map(({ endpoint, leaves }): Row => [endpoint.method, endpoint.path, index, ...columns.map((i) => leaves[i]!)]) }
}

const isObject = (json: Json | undefined): boolean => typeof json === 'object' && json !== null
