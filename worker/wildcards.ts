/** Endpoints that take whatever is below a path, `/files/*` (KrakenD Enterprise). Exact endpoints go before them, longer ones before shorter. */
import type { Lookup } from './router.ts'
import type { CreateWildcards } from './types.ts'

interface Node {
  children: Map<string, Node>
  param: Node | null
  endpoint: number
}
const createNode = (): Node => ({ children: new Map(), param: null, endpoint: -1 })

export const wildcards: CreateWildcards = () => {
  const methods = new Map<string, Node>()
  const find = (method: string, path: string): Lookup | null => {
    const node = methods.get(method)
    return node ? search(node, path.split('/'), 1) : null
  }
  return {
    insert(method, path, endpoint) {
      let node = methods.get(method)
      if (!node) methods.set(method, (node = createNode()))
      for (const segment of path.split('/').slice(1, -1)) node = segment.startsWith(':') ? (node.param ??= createNode()) : childOf(node, segment)
      node.endpoint = endpoint
    },
    // Below a wildcard nothing is redirected; its own path is, as by gin.
    orBelow: (exact, method, path) => find(method, path) ?? (find(method, `${path}/`) ? { ...exact, otherSlash: true } : exact),
    orRest: (missed, enter) => (incoming, ctx) => {
      const rest = find('*', incoming.path)
      return rest ? enter(rest, incoming, ctx) : missed(incoming, ctx)
    },
    allowed: (known, path) => [...new Set([...known, ...[...methods.keys()].filter((method) => find(method, path))])],
  }
}

function childOf({ children }: Node, segment: string): Node {
  const child = children.get(segment) ?? createNode()
  children.set(segment, child)
  return child
}

/** Values are those of the path's parameters, and last the rest of the path, without its first slash. Each node is looked at once at most. */
function search(node: Node, segments: readonly string[], at: number): Lookup | null {
  if (at === segments.length) return null
  const segment = segments[at]!
  const child = node.children.get(segment)
  const found = child && search(child, segments, at + 1)
  if (found) return found
  const other = node.param && segment !== '' ? search(node.param, segments, at + 1) : null
  if (other) return { ...other, values: [segment, ...other.values] }
  return node.endpoint < 0 ? null : { endpoint: node.endpoint, values: [segments.slice(at).join('/')], otherSlash: false }
}
