/**
 * gin's radix tree (KrakenD's router), one per method: the shape of its nodes decides which trailing slashes it
 * redirects and where it stops to backtrack, so the tree is kept as it is and not imitated (routing/RULES.md §3).
 */

export interface Node {
  /** The static text up to the next branch. A parameter's node has none: it takes a whole segment. */
  text: string
  /** The endpoint that ends here, or -1. */
  endpoint: number
  /** The endpoint that takes all of the path from here on, or -1: gin's catch-all, `/*name`. */
  rest: number
  /** First characters of `children`. */
  indices: string
  children: Node[]
  param: Node | null
  root: boolean
}

export interface Lookup {
  /** The endpoint, or -1. */
  endpoint: number
  /** Values of the parameters that the search had taken when it ended, also where it found nothing. */
  values: string[]
  /** gin would redirect to the path with, or without, a slash at its end. */
  otherSlash: boolean
}

const createNode = (text: string): Node => ({ text, endpoint: -1, rest: -1, indices: '', children: [], param: null, root: false })
export const createTree = (): Node => ({ ...createNode(''), root: true })

/** Adds a gin path (`/users/:id`, `/files/*path`). The compiler has refused paths that clash. */
export function insert(tree: Node, path: string, endpoint: number): void {
  const star = path.indexOf('/*')
  if (star < 0) place(tree, path).endpoint = endpoint
  else addChild(place(tree, path.slice(0, star)), { ...createNode('/'), rest: endpoint })
}

/** The node at which a path ends, made where it is missing. */
function place(tree: Node, path: string): Node {
  let node = tree
  let at = 0
  if (node.text === '' && node.indices === '' && !node.param) node.text = staticPart(path, 0)
  for (;;) {
    at = split(node, path, at)
    while (path[at] === ':') {
      node = node.param ??= createNode('')
      at = segmentEnd(path, at)
      if (at < path.length && !node.children.length) addChild(node, createNode(staticPart(path, at)))
    }
    if (at === path.length) break
    let child: Node | undefined = node.children[node.indices.indexOf(path[at]!)]
    if (!child) addChild(node, (child = createNode(staticPart(path, at))))
    node = child
  }
  return node
}

function addChild(node: Node, child: Node): void {
  node.indices += child.text[0]
  node.children.push(child)
}

function staticPart(path: string, from: number): string {
  const colon = path.indexOf(':', from)
  return colon < 0 ? path.slice(from) : path.slice(from, colon)
}

function segmentEnd(path: string, from: number): number {
  const slash = path.indexOf('/', from)
  return slash < 0 ? path.length : slash
}

/** Cuts `node` where its text parts from the path's; gives the path's position behind the common text. */
function split(node: Node, path: string, at: number): number {
  let i = 0
  while (i < node.text.length && node.text[i] === path[at + i] && path[at + i] !== ':') i++
  if (i < node.text.length) {
    const rest: Node = { ...node, text: node.text.slice(i), root: false }
    Object.assign(node, { ...createNode(node.text.slice(0, i)), root: node.root })
    addChild(node, rest)
  }
  return at + i
}

/** A node whose parameter has not been tried yet. */
export interface Skipped {
  node: Node
  at: number
  values: number
}

/**
 * Finds the endpoint of a decoded path. `leftover`: what earlier searches of other trees have not tried; gin goes on with those
 * while it collects the methods of a 405, and may name one that does not match (routing/RULES.md §10).
 */
export function lookup(tree: Node, path: string, leftover?: Skipped[]): Lookup {
  const found: Lookup = { endpoint: -1, values: [], otherSlash: false }
  let node = tree
  let at = 0
  let onlyParam = false
  let skipped: Skipped[] | undefined = leftover
  for (;;) {
    const end = at + node.text.length
    const matches = path.startsWith(node.text, at)
    if (matches && node.rest >= 0) {
      found.values.push(path.slice(at))
      return Object.assign(found, { endpoint: node.rest })
    }
    if (matches && end < path.length) {
      const child = onlyParam ? undefined : node.children[node.indices.indexOf(path[end]!)]
      onlyParam = false
      if (child) {
        if (node.param) (skipped ??= []).push({ node, at, values: found.values.length })
        node = child
        at = end
        continue
      }
      if (node.param) {
        const next = takeSegment(node.param, path, end, found)
        if (!next) return found
        node = next
        at = segmentEnd(path, end)
        continue
      }
      found.otherSlash = isSlash(path, end) && node.endpoint >= 0
      if (isSlash(path, end)) return found
    } else if (matches) {
      if (node.endpoint >= 0) return Object.assign(found, { endpoint: node.endpoint })
      found.otherSlash = isSlash(path, at) ? !node.root : endsWithSlash(node.children[node.indices.indexOf('/')])
      if (isSlash(path, at) || !skipped?.length) return found
      found.otherSlash = false
    } else {
      const missing = node.text.length === path.length - at + 1 && node.text.endsWith('/') && node.text.startsWith(path.slice(at))
      found.otherSlash = isSlash(path, at) || (missing && node.endpoint >= 0)
      if (found.otherSlash) return found
    }
    // Where a node's text has been taken, gin compares what is left behind it.
    const reached = matches && end < path.length ? end : at
    let back = skipped?.pop()
    while (back && back.at > reached) back = skipped!.pop()
    if (!back) return found
    node = back.node
    at = back.at
    found.values.length = back.values
    onlyParam = true
  }
}

const isSlash = (path: string, at: number): boolean => path.length === at + 1 && path[at] === '/'
const endsWithSlash = (node: Node | undefined): boolean => node !== undefined && node.text === '/' && (node.endpoint >= 0 || node.rest >= 0)

/** Lets a parameter take its segment. The node to go on with, or null where the search ends for good. */
function takeSegment(param: Node, path: string, from: number, found: Lookup): Node | null {
  const end = segmentEnd(path, from)
  found.values.push(path.slice(from, end))
  if (end < path.length) {
    if (param.children.length) return param.children[0]!
    found.otherSlash = end + 1 === path.length
  } else if (param.endpoint >= 0) found.endpoint = param.endpoint
  else found.otherSlash = endsWithSlash(param.children[0])
  return null
}

/**
 * gin's "fixed path": the registered spelling of a cleaned path, found without regard to case and to a slash at its end.
 * Parameters keep the request's text. null if there is none.
 */
export function fixPath(node: Node, path: string): string | null {
  const length = node.text.length
  if (path.length < length || !equalFold(path.slice(0, length), node.text)) {
    if (path === '/') return ''
    const missing = path.length + 1 === length && node.text.endsWith('/') && equalFold(path, node.text.slice(0, -1))
    return missing && node.endpoint >= 0 ? node.text : null
  }
  if (node.rest >= 0) return path
  const rest = path.slice(length)
  if (rest === '') {
    if (node.endpoint >= 0) return node.text
    return endsWithSlash(node.children[node.indices.indexOf('/')]) ? `${node.text}/` : null
  }
  for (const first of new Set([rest[0]!.toLowerCase(), rest[0]!.toUpperCase()])) {
    const child = node.children[node.indices.indexOf(first)]
    const fixed = child ? fixPath(child, rest) : null
    if (fixed !== null) return node.text + fixed
  }
  if (!node.param) return rest === '/' && node.endpoint >= 0 ? node.text : null
  const fixed = fixSegment(node.param, rest)
  return fixed === null ? null : node.text + fixed
}

function fixSegment(param: Node, rest: string): string | null {
  const end = segmentEnd(rest, 0)
  const value = rest.slice(0, end)
  if (end === rest.length) {
    if (param.endpoint >= 0) return value
    return endsWithSlash(param.children[0]) ? `${value}/` : null
  }
  if (!param.children.length) return rest.length === end + 1 ? value : null
  const fixed = fixPath(param.children[0]!, rest.slice(end))
  return fixed === null ? null : value + fixed
}

/** gin compares spans of as many bytes. */
const equalFold = (a: string, b: string): boolean =>
  a === b || ((a.toLowerCase() === b.toLowerCase() || a.toUpperCase() === b.toUpperCase()) && encoder.encode(a).length === encoder.encode(b).length)
const encoder = new TextEncoder()

/** gin's cleanPath: one slash for many, `.` and `..` resolved, the slash at the end kept. */
export function cleanPath(path: string): string {
  const kept: string[] = []
  for (const segment of path.split('/')) {
    if (segment === '..') kept.pop()
    else if (segment !== '' && segment !== '.') kept.push(segment)
  }
  const slash = kept.length > 0 && /\/\.?$/.test(path) ? '/' : ''
  return `/${kept.join('/')}${slash}`
}
