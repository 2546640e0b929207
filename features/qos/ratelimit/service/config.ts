import { z } from 'zod'
import { defineFeature } from '../../../../compiler/feature.ts'
import { requestKeys, requestLimitsOf } from '../limits.ts'
import type * as worker from './worker.ts'

export default defineFeature<typeof worker>()({
  namespace: 'qos/ratelimit/service',
  places: ['service'],
  schema: z.object(requestKeys),
  mismatch: 'key',
  normalise(raw, place) {
    const limits = requestLimitsOf(raw, place)
    return limits ? { route: limits } : {}
  },
})
