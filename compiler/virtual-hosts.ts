/** Virtual hosts as the configuration lists them: as they are, or by an alias. */
import { z } from 'zod'
import type { VirtualHostOptions } from '../worker/virtual-hosts.ts'
import type { Path, Report } from './diagnostics.ts'

export const virtualHostSchema = z.object({ hosts: z.array(z.string()).optional(), aliased_hosts: z.record(z.string(), z.string()).optional() })

/** null: there are none. */
export function virtualHostsOf({ hosts, aliased_hosts: aliased }: z.infer<typeof virtualHostSchema>, at: Path, report: Report): VirtualHostOptions | null {
  if (hosts && aliased) report.warn([...at, 'hosts'], 'no-effect', 'hosts does nothing beside aliased_hosts')
  const named = aliased ? Object.entries(aliased) : (hosts ?? []).map((host) => [host, host] as const)
  for (const [alias, host] of named) {
    if (/[:/]/.test(alias)) report.warn([...at, aliased ? 'aliased_hosts' : 'hosts'], 'bad-alias', `${alias} can't stand in an endpoint's path, as in "/__virtual/${alias}/": give ${host} an alias in aliased_hosts`)
  }
  return named.length ? { hosts: Object.fromEntries(named.map(([alias, host]) => [host.toLowerCase(), alias])) } : null
}
