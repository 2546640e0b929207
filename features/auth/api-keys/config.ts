import { z } from 'zod'
import { defineFeature, type FeaturePlace } from '../../../compiler/feature.ts'
import type * as worker from './worker.ts'
import type { Keys } from './worker.ts'

type Options = Parameters<typeof worker.endpoint>[0]

const HASHES = ['plain', 'fnv128', 'sha256', 'sha1'] as const
const STRATEGIES = ['header', 'query_string'] as const

const schema = z.object({
  // At the service.
  keys: z.array(z.object({ key: z.string().min(1), roles: z.array(z.string()).default([]) })).optional(),
  hash: z.enum(HASHES).optional(),
  salt: z.string().optional(),
  propagate_role: z.string().optional(),
  // At both.
  strategy: z.enum(STRATEGIES).optional(),
  identifier: z.string().optional(),
  // At an endpoint.
  roles: z.array(z.string()).optional(),
  client_max_rate: z.number().optional(),
})
type Block = z.output<typeof schema>

export default defineFeature<typeof worker>()({
  namespace: 'auth/api-keys',
  places: ['service', 'endpoint'],
  schema,
  mismatch: 'close',
  normalise(raw, place) {
    // The service's block has the keys; endpoints that ask for one have a block of their own.
    if (place.place === 'service') return {}
    const service = schema.safeParse(place.around.service?.['auth/api-keys'] ?? {})
    const shared: Block = service.success ? service.data : {}
    const strategy = raw.strategy ?? shared.strategy ?? 'header'
    return {
      guarded: true,
      endpoint: {
        binding: place.damaged || !service.success ? null : bindKeys(shared, raw, place),
        roles: raw.roles ?? [],
        strategy,
        identifier: raw.identifier || shared.identifier || (strategy === 'header' ? 'Authorization' : 'key'),
        hash: shared.hash ?? 'plain',
        roleHeader: shared.propagate_role || null,
        rate: rateOf(raw.client_max_rate),
      },
    }
  },
})

/** null: nobody gets in. */
function bindKeys(shared: Block, { roles }: Block, { at, report, secret }: FeaturePlace): string | null {
  const closed = (message: string): null => {
    report.warn(at, 'closed', `${message}: nobody gets in`)
    return null
  }
  if (!shared.keys?.length) return closed('expected keys in auth/api-keys of the service, found none')
  if (!roles?.length) return closed('expected roles, found none')
  if (!shared.keys.some((key) => key.roles.some((role) => roles.includes(role)))) return closed(`no key has the role ${roles.join(' or ')}`)
  const keys: Keys = { salt: shared.salt ?? '', keys: shared.keys.map(({ key, roles: own }) => ({ key, roles: own })) }
  return secret(JSON.stringify(keys), 'AUTH_API_KEYS')
}

/** So many a second, and as many at once. */
const rateOf = (max: number | undefined): Options['rate'] => (max && max > 0 ? { capacity: Math.max(1, Math.floor(max)), intervalMs: 1000 / max } : null)
