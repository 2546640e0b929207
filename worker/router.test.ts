import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cleanPath, createTree, fixPath, insert, lookup } from './router.ts'

const treeOf = (paths: readonly string[]) => {
  const tree = createTree()
  for (const [i, path] of paths.entries()) insert(tree, path, i)
  return tree
}

/**
 * gin's rule in words (routing/RULES.md §3): static first, then the parameter, backtracking over earlier choices, with two hard stops:
 * the last segment was taken by a parameter without a handler; a parameter without anything below it is followed by more path.
 */
function model(paths: readonly string[], path: string): number {
  interface Node {
    statics: Map<string, Node>
    param: Node | null
    endpoint: number
  }
  const create = (): Node => ({ statics: new Map(), param: null, endpoint: -1 })
  const root = create()
  for (const [i, route] of paths.entries()) {
    let node = root
    for (const segment of route.split('/').slice(1)) {
      if (segment.startsWith(':')) node = node.param ??= create()
      else {
        if (!node.statics.has(segment)) node.statics.set(segment, create())
        node = node.statics.get(segment)!
      }
    }
    node.endpoint = i
  }
  const segments = path.split('/').slice(1)
  const STOP = -2
  const walk = (node: Node, at: number): number => {
    if (at === segments.length) return node.endpoint
    const segment = segments[at]!
    const child = node.statics.get(segment)
    const found = child ? walk(child, at + 1) : -1
    if (found !== -1 || !node.param) return found
    const last = at + 1 === segments.length
    // gin's parameter takes at least one character at the end, none is needed in the middle.
    if (last && segment === '') return -1
    if (last) return node.param.endpoint >= 0 ? node.param.endpoint : STOP
    if (!node.param.statics.size && !node.param.param) return STOP
    return walk(node.param, at + 1)
  }
  return Math.max(-1, walk(root, 0))
}

const segment = fc.constantFrom('a', 'b', 'ab', 'abc', 'b1', ':x')
const route = fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => `/${parts.join('/')}`)
const asked = fc.array(fc.constantFrom('a', 'b', 'ab', 'abc', 'b1', 'zz', 'ac'), { minLength: 1, maxLength: 5 }).map((parts) => `/${parts.join('/')}`)

test('finds what gin finds, for random routes and paths', () => {
  fc.assert(
    fc.property(fc.uniqueArray(route, { minLength: 1, maxLength: 8 }), fc.array(asked, { minLength: 5, maxLength: 20 }), (routes, paths) => {
      const tree = treeOf(routes)
      for (const path of paths) assert.equal(lookup(tree, path).endpoint, model(routes, path), `${path} in ${routes.join(' ')}`)
    }),
    { numRuns: 3000 },
  )
})

test('does not depend on the order in which routes were added', () => {
  fc.assert(
    fc.property(fc.uniqueArray(route, { minLength: 2, maxLength: 8 }), asked, fc.infiniteStream(fc.nat()), (routes, path, dice) => {
      const shuffled = routes.map((text) => ({ text, rank: dice.next().value })).toSorted((a, b) => a.rank - b.rank).map(({ text }) => text)
      const found = lookup(treeOf(routes), path).endpoint
      const again = lookup(treeOf(shuffled), path).endpoint
      assert.equal(again < 0 ? null : shuffled[again], found < 0 ? null : routes[found])
    }),
    { numRuns: 1000 },
  )
})

test('parameters: values in order, an empty one only in the middle', () => {
  const tree = treeOf(['/users/:id', '/users/:id/posts/:post'])
  assert.deepEqual(lookup(tree, '/users/7/posts/9'), { endpoint: 1, values: ['7', '9'], otherSlash: false })
  assert.deepEqual(lookup(tree, '/users//posts/9').values, ['', '9'])
  assert.equal(lookup(tree, '/users/').endpoint, -1)
})

test('the other form of a path with a slash at its end is proposed where the tree has a boundary', () => {
  const tree = treeOf(['/deep/:a/end', '/shop/cart', '/shopping', '/dir/'])
  assert.equal(lookup(tree, '/deep/1/').otherSlash, true)
  assert.equal(lookup(tree, '/shop/').otherSlash, true)
  assert.equal(lookup(tree, '/dir').otherSlash, true)
  assert.equal(lookup(tree, '/shoppin').otherSlash, false)
})

test('a catch-all takes the rest of the path, its slash too', () => {
  const tree = treeOf(['/__debug/*param', '/a'])
  assert.deepEqual(lookup(tree, '/__debug/x/y'), { endpoint: 0, values: ['/x/y'], otherSlash: false })
  assert.equal(lookup(tree, '/__debug').otherSlash, true)
  assert.equal(fixPath(tree, '/__DEBUG/x'), '/__debug/x')
})

test('the registered spelling is found without regard to case, parameters keep theirs', () => {
  const tree = treeOf(['/users/:id/posts', '/Mixed/Case', '/café/crème', '/dir/'])
  assert.equal(fixPath(tree, '/USERS/Ada/POSTS'), '/users/Ada/posts')
  assert.equal(fixPath(tree, '/mixed/case/'), '/Mixed/Case')
  assert.equal(fixPath(tree, '/CAFÉ/CRÈME'), '/café/crème')
  assert.equal(fixPath(tree, '/DIR'), '/dir/')
  assert.equal(fixPath(tree, '/nothing'), null)
})

test('paths are cleaned as gin cleans them', () => {
  for (const [path, clean] of [['//a///b/', '/a/b/'], ['/a/../b', '/b'], ['/../../a', '/a'], ['/a/./b/.', '/a/b/'], ['', '/'], ['/a/..', '/']] as const) assert.equal(cleanPath(path), clean, path)
})

test('10,000 routes: lookups stay flat', () => {
  const paths = Array.from({ length: 10_000 }, (_, i) => `/api/v${i % 3}/resource${i}/:id/detail`)
  const tree = treeOf(paths)
  for (const [i, path] of paths.entries()) assert.equal(lookup(tree, path.replace(':id', '7')).endpoint, i)
})
