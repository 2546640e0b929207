/**
 * `cuttle/config`: a configuration as a program's value, typed by the schemas that check it. Used as `-c gateway.config.ts`:
 *
 *     import { defineGateway } from 'cuttle/config'
 *     export default defineGateway({ version: 3, endpoints: [{ endpoint: '/a', backend: [{ host: ['http://a'], url_pattern: '/' }] }] })
 *
 * Nothing but types is imported here: a configuration that runs elsewhere brings no compiler along.
 */
import type { z } from 'zod'
import type { features } from '../features/index.ts'
import type { backendHttpSchema, backendProxySchema, dnsSchema, endpointProxySchema, groupSchema, httpClientSchema, jsonSchema, limitsSchema, productSchema, routerSchema, routesSchema } from './schema/core.ts'
import type { Place } from './schema/namespaces.ts'
import type { agentSchema, backendSchema, endpointSchema, serviceSchema } from './schema/service.ts'

interface CoreBlocks {
  service: {
    readonly router?: z.input<typeof routerSchema>
    readonly 'cuttle/product'?: z.input<typeof productSchema>
    readonly 'cuttle/dns'?: z.input<typeof dnsSchema>
    readonly 'cuttle/json'?: z.input<typeof jsonSchema>
    readonly 'cuttle/limits'?: z.input<typeof limitsSchema>
    readonly 'cuttle/routes'?: z.input<typeof routesSchema>
  }
  endpoint: { readonly proxy?: z.input<typeof endpointProxySchema>; readonly 'cuttle/group'?: z.input<typeof groupSchema> }
  backend: {
    readonly proxy?: z.input<typeof backendProxySchema>
    readonly 'backend/http'?: z.input<typeof backendHttpSchema>
    readonly 'backend/http/client'?: z.input<typeof httpClientSchema>
  }
}

type Feature = (typeof features)[number]
type FeatureBlocks<P extends Place> = { readonly [F in Feature as P extends F['places'][number] ? F['namespace'] : never]?: z.input<F['schema']> }

/** KrakenD ignores keys that begin so. */
type Comments = { readonly [comment in `${'@' | '$' | '_' | '#'}${string}`]?: unknown }

/** The blocks of extra_config at a place. What Cuttle does not have may stand there too: `cuttle check` has a word about it. */
export type ExtraConfig<P extends Place> = CoreBlocks[P] & FeatureBlocks<P> & { readonly [other in `${string}/${string}`]?: unknown } & Comments

type Written<S extends z.ZodType, Replaced> = Omit<z.input<S>, keyof Replaced> & Replaced & Comments

export type Backend = Written<typeof backendSchema, { readonly extra_config?: ExtraConfig<'backend'> }>
export type Endpoint = Written<typeof endpointSchema, { readonly endpoint: string; readonly backend: readonly Backend[]; readonly extra_config?: ExtraConfig<'endpoint'> }>
export type Agent = Written<typeof agentSchema, { readonly backend: readonly Backend[] }>
export type Gateway = Written<
  typeof serviceSchema,
  {
    /** 3 is KrakenD 2's format, 4 KrakenD 3's. */
    readonly version: 3 | 4
    readonly endpoints?: readonly Endpoint[]
    readonly async_agent?: readonly Agent[]
    readonly extra_config?: ExtraConfig<'service'>
  }
>

/** Gives the configuration back. Here are its types. */
export const defineGateway = (gateway: Gateway): Gateway => gateway
