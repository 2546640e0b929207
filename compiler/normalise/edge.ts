/** What of a configuration concerns Cloudflare's edge alone, and no line of the gateway: cuttle/routes and cuttle/group. */
import type { Path, Report } from '../diagnostics.ts'
import { cleanPath } from '../paths.ts'
import { groupSchema, routesSchema } from '../schema/core.ts'
import { readBlock, renameOld } from '../schema/namespaces.ts'
import type { Endpoint, Service } from '../schema/service.ts'

export interface Edge {
  /** Where the gateway's paths are routed to it. */
  hosts: readonly EdgeHost[]
  /** In the order of the configuration; every endpoint is in one. */
  groups: readonly Group[]
}
export interface EdgeHost {
  host: string
  /** null: wrangler finds it out. */
  zone: string | null
}
/** Endpoints that --split gives a Worker of their own. */
export interface Group {
  name: string
  /** Their places in the configuration. */
  endpoints: readonly number[]
  /** Of a request; null: Cloudflare's own limit. */
  cpuMs: number | null
  subrequests: number | null
}

export function normaliseEdge(service: Service, report: Report): Edge {
  const block = readBlock(renameOld(service.extra_config), service.extra_config, 'cuttle/routes', routesSchema, 'refuse', [], report)?.value
  return { hosts: block ? hostsOf(block.zone ?? null, block.hosts ?? []) : [], groups: groupsOf(service.endpoints ?? [], report) }
}

/** A zone's own name is its only host unless others are named. */
export function hostsOf(zone: string | null, hosts: readonly string[]): EdgeHost[] {
  const named = hosts.length || zone === null ? hosts : [zone]
  return [...new Set(named)].map((host) => ({ host, zone: zone !== null && (host === zone || host.endsWith(`.${zone}`)) ? zone : null }))
}

function groupsOf(endpoints: readonly Endpoint[], report: Report): Group[] {
  const groups = new Map<string, Group>()
  for (const [i, endpoint] of endpoints.entries()) {
    const at: Path = ['endpoints', i]
    const own = readBlock(renameOld(endpoint.extra_config), endpoint.extra_config, 'cuttle/group', groupSchema, 'refuse', at, report)?.value
    const name = own?.name ?? firstSegment(cleanPath(endpoint.endpoint ?? ''))
    const group = groups.get(name) ?? { name, endpoints: [], cpuMs: null, subrequests: null }
    groups.set(name, { name, endpoints: [...group.endpoints, i], cpuMs: larger(group.cpuMs, own?.cpu_ms), subrequests: larger(group.subrequests, own?.subrequests) })
  }
  return [...groups.values()]
}

const larger = (one: number | null, other: number | undefined): number | null => (other === undefined ? one : Math.max(one ?? 0, other))

/** `/users/{id}` → `users`, as part of a Worker's name. */
const firstSegment = (path: string): string => {
  const [, segment = ''] = /^\/([^/{]*)/.exec(path) ?? []
  return segment.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '') || 'root'
}
