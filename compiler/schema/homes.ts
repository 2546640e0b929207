/** Where a key belongs that stands where nothing reads it. */
import type { z } from 'zod'
import { backendHttpSchema, backendProxySchema, endpointProxySchema, routerSchema } from './core.ts'
import { backendSchema, endpointSchema, serviceSchema } from './service.ts'

const namesOf = (schema: z.ZodType): string[] => Object.keys((schema as unknown as { out: { shape: object } }).out.shape)
/** The configuration's own keys. */
export const KEYS = { service: namesOf(serviceSchema), endpoint: namesOf(endpointSchema), backend: namesOf(backendSchema) }

/** Keys that a schema tells nothing of, or that are in more than can be said. */
const HOMES = new Map<string, string[]>([
  ['max_rate', ['qos/ratelimit/router', 'qos/ratelimit/service', 'qos/ratelimit/proxy']],
  ['client_max_rate', ['qos/ratelimit/router', 'qos/ratelimit/service']],
])
const places: readonly (readonly [place: string, keys: readonly string[]])[] = [
  ['the service', KEYS.service],
  ['an endpoint', KEYS.endpoint],
  ['a backend', KEYS.backend],
  ['extra_config.router of the service', Object.keys(routerSchema.shape)],
  ['extra_config.proxy of an endpoint', Object.keys(endpointProxySchema.shape)],
  ['extra_config.proxy of a backend', Object.keys(backendProxySchema.shape)],
  ['extra_config["backend/http"] of a backend', Object.keys(backendHttpSchema.shape)],
]
for (const [place, keys] of places) for (const key of keys) HOMES.set(key, [...(HOMES.get(key) ?? []), place])

/** Keys that had another name in KrakenD 1. */
export const RENAMED: { readonly [old: string]: string } = { headers_to_pass: 'input_headers', querystring_params: 'input_query_strings', whitelist: 'allow', blacklist: 'deny' }

/** `the service or an endpoint` */
export function homeOf(key: string): string | undefined {
  const renamed = RENAMED[key]
  const home = HOMES.get(renamed ?? key)?.join(', ').replace(/, ([^,]*)$/, ' or $1')
  return home && renamed ? `${home}, as ${renamed}` : home
}

/** Filters and limits: where they do nothing, a door is open. */
export const isFilter = (key: string): boolean => FILTERS.has(RENAMED[key] ?? key)
const FILTERS = new Set(['allow', 'deny', 'max_rate', 'client_max_rate'])
