/** A Worker's place on Cloudflare's edge: its name among its parts, its routes and its limits, in what wrangler is given. */
import { type Block, blockOf } from '../load/wrangler.ts'
import { patternOf, type Route } from './routes.ts'

export interface EdgePlace {
  /** One Worker of several: its group. null: it is the only one. */
  part: string | null
  /** The one of several that takes messages of queues. */
  consumes: boolean
  /** The environment that has the routes. */
  env: string | null
  routes: readonly Route[]
  cpuMs: number | null
  subrequests: number | null
}

/** `value` is what emitWrangler gave. */
export function placeOnEdge(value: Block, place: EdgePlace): Block {
  if (place.part === null && !place.routes.length) return value
  const { env: envs, ...top } = place.part === null ? value : asPart(value, place)
  const own = routesIn(top) ?? []
  const added = (block: Block, routes: readonly unknown[]): Block => {
    const { route: _, ...rest } = block
    const known = new Set(routes.map(patternOf))
    return { ...rest, routes: [...routes, ...place.routes.filter((route) => !known.has(patternOf(route)))] }
  }
  // An environment inherits routes that it has none of; what serves one zone must not take over another's.
  const named = Object.entries(blockOf(envs)).map(([name, one]) => {
    const block = blockOf(one)
    return [name, name === place.env ? added(block, routesIn(block) ?? own) : routesIn(block) ? block : { ...block, routes: own }]
  })
  const base = place.env === null ? added(top, own) : top
  return named.length ? { ...base, env: Object.fromEntries(named) as Block } : base
}

function routesIn({ route, routes }: Block): readonly unknown[] | null {
  if (Array.isArray(routes)) return routes
  return route === undefined ? null : [route]
}

/** The gateway alone, under the group's name: routes of the file's own are for the whole. */
function asPart({ env: envs, ...top }: Block, place: EdgePlace): Block {
  const shared = (block: Block): Block => {
    const { route: _route, routes: _routes, queues, limits, ...rest } = block
    const { consumers, ...others } = blockOf(queues)
    const kept = place.consumes && consumers !== undefined ? { ...others, consumers } : others
    return {
      ...rest,
      ...(typeof block.name === 'string' && { name: partName(block.name, place.part!) }),
      ...('main' in block && { main: 'cloudflare.js' }),
      ...(queues !== undefined && Object.keys(kept).length > 0 && { queues: kept }),
      ...((block === top || limits !== undefined) && limited(limits, place)),
    }
  }
  const named = Object.entries(blockOf(envs)).map(([name, block]) => [name, shared(blockOf(block))])
  return named.length ? { ...shared(top), env: Object.fromEntries(named) as Block } : shared(top)
}

export const partName = (name: string, part: string): string => `${name.slice(0, 62 - part.length)}-${part}`

function limited(limits: unknown, { cpuMs, subrequests }: EdgePlace): Block {
  const all = { ...blockOf(limits), ...(cpuMs !== null && { cpu_ms: cpuMs }), ...(subrequests !== null && { subrequests }) }
  return Object.keys(all).length ? { limits: all } : {}
}
