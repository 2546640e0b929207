import { z } from 'zod'
import { defineFeature } from '../../../compiler/feature.ts'
import { breakerOf, keys } from './breaker.ts'
import type * as worker from './worker.ts'

export default defineFeature<typeof worker>()({
  namespace: 'qos/circuit-breaker',
  places: ['backend'],
  schema: z.object(keys),
  mismatch: 'key',
  normalise(raw) {
    // KrakenD takes a block in which everything is zero for none.
    const isNone = !raw.interval && !raw.timeout && !raw.max_errors && !raw.name && !raw.log_status_change
    return isNone ? {} : { backend: breakerOf(raw) }
  },
})
