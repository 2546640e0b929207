import { z } from 'zod'
import { defineFeature } from '../../../compiler/feature.ts'
import { breakerOf, isNone, keys } from './breaker.ts'
import type * as worker from './worker.ts'

export default defineFeature<typeof worker>()({
  namespace: 'qos/circuit-breaker',
  places: ['backend'],
  schema: z.object(keys),
  mismatch: 'key',
  normalise: (raw) => (isNone(raw) ? {} : { backend: breakerOf(raw) }),
})
