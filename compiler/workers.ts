/** The Workers that a configuration becomes on Cloudflare: one, or with --split one for each group of endpoints. */
import path from 'node:path'
import { type Loaded, recompile } from './command.ts'
import { UserError } from './diagnostics.ts'
import { beginningsOf, type Route, routesOf, splitBeginnings } from './emit/routes.ts'
import type { EdgePlace } from './emit/edge.ts'
import type { WranglerFile } from './load/wrangler.ts'
import type { EdgeHost } from './normalise/edge.ts'
import type { Plan } from './plan.ts'

export interface EdgeWorker {
  out: string
  plan: Plan
  secrets: Loaded['secrets']
  place: EdgePlace
}

export interface Placing {
  split: boolean
  hosts: readonly EdgeHost[]
  env: string | null
}

export function workersOf(loaded: Loaded, out: string, { split, hosts, env }: Placing): EdgeWorker[] {
  const { plan, secrets, edge } = loaded
  if (!split) {
    const routes = hosts.length ? routesOf(beginningsOf(plan.endpoints.map((endpoint) => endpoint.path)), hosts) : []
    return [{ out, plan, secrets, place: { part: null, consumes: true, env, routes, cpuMs: null, subrequests: null } }]
  }
  const parts = edge.groups.map((group, i) => ({ group, ...recompile(loaded, partOf(loaded.source.value, new Set(group.endpoints), i === 0), 'cloudflare') }))
  // What Cuttle adds by itself, the health endpoint for one, each Worker has; the zone's goes to the first.
  const beginnings = splitBeginnings(parts.map(({ group, plan: own }, i) => ({ name: group.name, endpoints: own.endpoints.filter(({ written, method }) => written !== null || (i === 0 && method !== 'OPTIONS')) })))
  return parts.map(({ group, plan: own, secrets: kept }, i) => {
    const routes: Route[] = routesOf(beginnings[i]!, hosts)
    return { out: path.join(out, group.name), plan: own, secrets: kept, place: { part: group.name, consumes: i === 0, env, routes, cpuMs: group.cpuMs, subrequests: group.subrequests } }
  })
}

/** The configuration with these endpoints alone. Keys are read in any letter case. */
function partOf(value: unknown, endpoints: ReadonlySet<number>, withAgents: boolean): unknown {
  return Object.fromEntries(
    Object.entries(value as object).flatMap(([key, item]): [string, unknown][] => {
      const name = key.toLowerCase()
      if (name === 'async_agent' && !withAgents) return []
      return [[key, name === 'endpoints' && Array.isArray(item) ? item.filter((_, i) => endpoints.has(i)) : item]]
    }),
  )
}

/** A Worker of the user's own stands before all of the gateway. */
export function refuseOwnMain(file: WranglerFile | null): void {
  const main = file?.value.main
  if (typeof main === 'string' && !/^(\.\/)?\.gateway\//.test(main)) throw new UserError(`--split: main in ${file!.name} is ${main}, a Worker of your own, which can't be in front of several: deploy without --split, or leave main out`)
}
