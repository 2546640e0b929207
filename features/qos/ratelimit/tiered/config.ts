import { z } from 'zod'
import { compileExpression, placeTextExpression } from '../../../../compiler/cel/compile.ts'
import { MACROS } from '../../../../compiler/cel/macros.ts'
import { defineFeature, type FeaturePlace } from '../../../../compiler/feature.ts'
import { headerName } from '../../../header-name.ts'
import { requestKeys, type RequestKeys, requestLimitsOf } from '../limits.ts'
import type * as worker from './worker.ts'

const tier = z.object({ tier_value: z.string().optional(), tier_value_as: z.string().optional(), ratelimit: z.object(requestKeys).optional(), ratelimit_redis: z.unknown().optional() })

export default defineFeature<typeof worker>()({
  namespace: 'qos/ratelimit/tiered',
  places: ['service', 'endpoint'],
  // The service's tiers stand at every endpoint, where it is known who asks; they are counted together.
  inherits: true,
  schema: z.object({ tier_key: z.string().optional(), tiers: z.array(tier).optional() }),
  mismatch: 'block',
  normalise({ tier_key: key = '', tiers = [] }, place) {
    const { at, report } = place
    const header = headerName(key, [...at, 'tier_key'], report, 'no request has it')
    if (!header) report.warn([...at, 'tier_key'], 'no-tier-key', 'expected the name of the header that says the tier, found nothing: nobody is limited', { opensDoor: true })
    const shared = at.length === 2
    const known = tiers.flatMap((one, i) => tierOf(one, i, place) ?? [])
    return header && known.length && place.place === 'endpoint' ? { endpoint: { header, shared, tiers: known } } : {}
  },
})

/** null: no request is limited by it. */
function tierOf({ tier_value: value = '', tier_value_as: as = 'literal', ratelimit, ratelimit_redis: redis }: z.output<typeof tier>, i: number, place: FeaturePlace): worker.Tier | null {
  const at = [...place.at, 'tiers', i]
  const warn = (key: string, code: string, message: string): null => {
    place.report.warn([...at, key], code, `${message}: this tier is not limited`, { opensDoor: true })
    return null
  }
  if (redis !== undefined) return warn('ratelimit_redis', 'not-supported', 'limits in Redis are not supported: a ratelimit with "accuracy": "global" counts for all nodes')
  if (!WAYS.includes(as)) return warn('tier_value_as', 'unknown-value', `expected "literal", "policy" or "*", found "${as}"`)
  if (!ratelimit) return warn('ratelimit', 'no-limit', 'expected a rate limit, found nothing')
  const limits = requestLimitsOf(ratelimit satisfies RequestKeys, { ...place, at: [...at, 'ratelimit'] }, `tier ${i} `)
  if (!limits) return null
  if (as !== 'policy') return { value: as === '*' ? null : value, policy: null, limits }
  const compiled = compileExpression(value, { ...MACROS, texts: ['value'] })
  for (const { message } of compiled.problems) warn('tier_value', 'bad-expression', message)
  const [policy] = placeTextExpression(compiled, place)
  return policy === undefined ? null : { value: null, policy, limits }
}

const WAYS = ['literal', 'policy', '*']
