/**
 * The Enterprise edition's plugin jwk-aggregator: a port of the gateway's own where the key sets of several issuers are one. Validators that
 * would ask that port ask the issuers.
 */
import { z } from 'zod'
import type { ExtraConfig } from '../compiler/schema/namespaces.ts'

export const aggregatorSchema = z.object({ port: z.number(), origins: z.array(z.string()), cache: z.boolean().optional() })

const pluginsSchema = z.object({ name: z.array(z.string()), 'jwk-aggregator': aggregatorSchema })

/** The origins behind an address, or none where it is no aggregator's. */
export function originsOf(url: string, service: ExtraConfig | undefined): readonly string[] {
  const { data } = pluginsSchema.safeParse(service?.['plugin/http-server'])
  if (!data?.name.includes('jwk-aggregator') || !URL.canParse(url)) return []
  const { hostname, port } = new URL(url)
  const { port: own, origins } = data['jwk-aggregator']
  return ['localhost', '127.0.0.1', '[::1]', '0.0.0.0'].includes(hostname) && port === String(own) ? origins : []
}
