/**
 * Whole gateways with random routes, against gin's rules in plain words (routing/RULES.md §3): which endpoint, with which parameters,
 * or which redirect, 405 or 404. Of paths with a slash at their end little is asked: where gin stops and redirects there depends on
 * how its tree happens to be cut (worker/router.test.ts has examples).
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createGateway } from '../gateway.ts'

type Segments = readonly string[]
interface Route {
  method: string
  segments: Segments
}
const isParam = (segment: string): boolean => segment.startsWith('{')
const sameStart = (a: Segments, b: Segments, length: number): boolean => a.slice(0, length).every((segment, i) => (isParam(segment) ? isParam(b[i]!) : segment === b[i]))

/** Static first, then the parameter, backtracking over earlier choices, with the two hard stops. `taken`: how the route's first segments are chosen. */
function match(routes: readonly Segments[], asked: Segments, taken: Segments = []): Segments | 'stop' | null {
  const at = taken.length
  const here = routes.filter((route) => route.length >= at && sameStart(taken, route, at))
  if (at === asked.length) return here.find((route) => route.length === at) ?? null
  const segment = asked[at]!
  const found = here.some((route) => route[at] === segment) ? match(routes, asked, [...taken, segment]) : null
  const params = here.filter((route) => route.length > at && isParam(route[at]!))
  if (found || !params.length) return found
  const last = at + 1 === asked.length
  if (last && segment === '') return null
  if (last) return params.find((route) => route.length === at + 1) ?? 'stop'
  if (params.every((route) => route.length === at + 1)) return 'stop'
  return match(routes, asked, [...taken, '{}'])
}
const matched = (routes: readonly Segments[], asked: Segments): Segments | null => {
  const found = match(routes, asked)
  return found === 'stop' ? null : found
}

/** The registered spelling, without regard to case: full backtracking, and a slash is added where only that is missing. */
function fix(routes: readonly Segments[], asked: Segments, taken: Segments = []): Segments | null {
  const at = taken.length
  const here = routes.filter((route) => route.length >= at && sameStart(taken, route, at))
  if (at === asked.length) return here.find((route) => route.length === at) ?? here.find((route) => route.length === at + 1 && route[at] === '') ?? null
  const next = [...here.filter((route) => route.length > at && route[at]!.toLowerCase() === asked[at]!.toLowerCase()), ...here.filter((route) => route.length > at && isParam(route[at]!))]
  for (const route of next) {
    const found = fix(routes, asked, [...taken, route[at]!])
    if (found) return found
  }
  return null
}
const spell = (route: Segments, asked: Segments): string => `/${route.map((segment, i) => (isParam(segment) ? asked[i]! : segment)).join('/')}`
const clean = (segments: Segments): Segments => segments.filter((segment) => segment !== '')

// ---- Random routes and requests

const METHODS = ['GET', 'POST', 'PUT'] as const
const word = fc.constantFrom('a', 'b', 'ab', 'abc', 'b1', 'é')
const segments = fc.tuple(fc.array(fc.oneof({ weight: 2, arbitrary: word }, { weight: 1, arbitrary: fc.constant('{}') }), { minLength: 1, maxLength: 4 }), fc.nat(7)).map(([parts, dice]) => (dice ? parts : [...parts, '']))
const route: fc.Arbitrary<Route> = fc.record({ method: fc.constantFrom('GET', 'GET', 'POST', 'PUT'), segments })
const routes = fc.uniqueArray(route, { selector: ({ method, segments: parts }) => `${method} ${parts.join('/')}`, minLength: 1, maxLength: 9 })
const asked = fc.record({
  method: fc.constantFrom(...METHODS, 'GET', 'DELETE'),
  parts: fc.array(fc.oneof({ weight: 8, arbitrary: word }, { weight: 2, arbitrary: fc.constantFrom('A', 'AB', 'É', 'zz') }, { weight: 1, arbitrary: fc.constant('') }), { minLength: 1, maxLength: 5 }),
})

const written = (parts: Segments): string => `/${parts.map((segment, i) => (isParam(segment) ? `{p${i}}` : segment)).join('/')}`
const upstreamOf = (parts: Segments, i: number): string => `/e${i}/${parts.flatMap((segment, k) => (isParam(segment) ? [`{p${k}}`] : [])).join('/')}`

async function gatewayOf(all: readonly Route[]): Promise<(path: string, method: string) => Promise<Response>> {
  const endpoints = all.map(({ method, segments: parts }, i) => ({ method, endpoint: written(parts), backend: [{ host: ['http://up.internal'], url_pattern: upstreamOf(parts, i) }] }))
  const config = { version: 3, endpoints, extra_config: { router: { disable_health: true } } }
  const { fetch } = await createGateway(config, { fetch: (url) => Promise.resolve(Response.json({ path: decodeURI(new URL(url).pathname) })) })
  return (path, method) => fetch(path, { method })
}

const patterns = (all: readonly Route[], method: string): Segments[] => all.filter((one) => one.method === method).map((one) => one.segments)
/** There is a route with a slash more: gin may stop there, also where another would match, if its tree has no cut before the slash. */
const slashed = (own: readonly Segments[], parts: Segments): boolean =>
  own.some((route) => route.length === parts.length + 1 && route.at(-1) === '' && parts.every((segment, i) => isParam(route[i]!) || route[i] === segment))

/** What the answer has to be. */
async function compare(answer: Response, all: readonly Route[], { method, parts }: { method: string; parts: Segments }): Promise<void> {
  if (parts.at(-1) === '' && all.some((one) => one.segments.at(-1) === '')) return
  const own = patterns(all, method)
  const path = `/${parts.join('/')}`
  const location = answer.headers.get('location')
  if (location !== null) assert.equal(answer.status, method === 'GET' ? 301 : 307)
  // Go's redirects clean the path.
  if (location !== null && slashed(own, parts) && [`${path}/`, `/${clean(parts).join('/')}/`].includes(decodeURI(location))) return
  const found = matched(own, parts)
  if (found) {
    const i = all.findIndex((one) => one.method === method && one.segments === found)
    const values = found.flatMap((segment, k) => (isParam(segment) ? [parts[k]!] : []))
    return assert.deepEqual(await answer.json(), { path: `/e${i}/${values.join('/')}` })
  }
  if (parts.at(-1) !== '') {
    const fixed = fix(own, clean(parts))
    const spelled = fixed && spell(fixed, clean(parts))
    if (location !== null) return assert.equal(decodeURI(location), spelled)
    assert.ok(spelled === null || spelled === path, `not redirected to ${spelled}`)
  } else if (location !== null) return assert.notEqual(decodeURI(location), path)
  const others = [...new Set(all.map((one) => one.method))].filter((other) => other !== method && matched(patterns(all, other), parts) && !slashed(patterns(all, other), parts))
  if (!others.length && answer.status === 404) return
  // gin may name a method more, where it carries what one tree has not tried into the next (routing/RULES.md §10).
  assert.equal(answer.status, 405)
  const allowed = answer.headers.get('allow')!.split(', ')
  assert.deepEqual(allowed.filter((one) => others.includes(one)), others)
}

test('random routes answer as gin would', async () => {
  await fc.assert(
    fc.asyncProperty(routes, fc.array(asked, { minLength: 10, maxLength: 25 }), async (all, requests) => {
      const ask = await gatewayOf(all)
      for (const request of requests) {
        const path = `/${request.parts.join('/')}`
        const answer = await ask(path, request.method)
        try {
          await compare(answer, all, request)
        } catch (error) {
          const table = all.map((one) => `${one.method} ${written(one.segments)}`).join(', ')
          throw new Error(`${request.method} ${path} of ${table}: ${answer.status}: ${(error as Error).message}`, { cause: error })
        }
      }
    }),
    { numRuns: 300 },
  )
})
