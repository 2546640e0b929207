/** The Enterprise edition's ip-filter, for the service and for an endpoint. */
import { z } from 'zod'
import { cidrBlocks } from '../../compiler/cidr.ts'
import type { FeaturePlace } from '../../compiler/feature.ts'
import { reportUnknownKeys } from '../../compiler/schema/namespaces.ts'
import type { IpFilterOptions } from '../../worker/limit/ip-filter.ts'

const keys = {
  CIDR: z.array(z.string()),
  allow: z.boolean().optional(),
  client_ip_headers: z.array(z.string()).optional(),
  trusted_proxies: z.array(z.string()).optional(),
}
/** Other keys are kept, to be named; to authors' types they are wrong. */
export const ipFilterSchema: z.ZodObject<typeof keys> = z.looseObject(keys)

const HEADERS = ['X-Forwarded-For', 'X-Real-IP', 'X-Appengine-Remote-Addr']

export function ipFilterOf(raw: z.infer<typeof ipFilterSchema>, { at, report, around, target }: FeaturePlace): IpFilterOptions {
  const where = [...at, 'ip-filter']
  reportUnknownKeys(raw, Object.keys(keys), where, report, 'key', true)
  const own = raw.client_ip_headers !== undefined || raw.trusted_proxies !== undefined
  const proxies = raw.trusted_proxies?.length ? raw.trusted_proxies : null
  const { trusted_proxies: gateways } = (around.service?.router ?? {}) as { trusted_proxies?: unknown }
  // Cloudflare names the client itself, unless the configuration says otherwise.
  if (!proxies && (own || !(gateways || target === 'cloudflare'))) {
    report.warn(where, 'untrusted-address', `anyone may write ${(raw.client_ip_headers ?? HEADERS)[0]} and pass for another address: list the proxies in front of the gateway in trusted_proxies`, { opensDoor: true })
  }
  const headers = raw.client_ip_headers?.length ? raw.client_ip_headers : HEADERS
  return {
    blocks: cidrBlocks(raw.CIDR, [...where, 'CIDR'], report),
    allow: raw.allow === true,
    client: own ? { headers: headers.map((name) => name.toLowerCase()), trusted: proxies && cidrBlocks(proxies, [...where, 'trusted_proxies'], report) } : null,
  }
}
