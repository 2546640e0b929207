import { z } from 'zod'
import { defineFeature } from '../../../../compiler/feature.ts'
import { accuracyKeys, limitUse, reportEvery } from '../limits.ts'
import { rateOf } from '../rate.ts'
import type * as worker from './worker.ts'

export default defineFeature<typeof worker>()({
  namespace: 'qos/ratelimit/proxy',
  places: ['backend'],
  schema: z.object({ ...accuracyKeys, max_rate: z.number().optional(), capacity: z.number().optional(), every: z.string().optional() }),
  mismatch: 'key',
  normalise(raw, place) {
    reportEvery(raw.every, place)
    // However short; what goes backwards is no limit.
    const rate = rateOf(raw.max_rate, raw.capacity, raw.every, Number.NEGATIVE_INFINITY)
    return rate ? { backend: { limit: limitUse({ rate, max: raw.max_rate!, keyed: false, name: '' }, raw, place) } } : {}
  },
})
