import { z } from 'zod'
import { defineFeature } from '../../compiler/feature.ts'
import type * as worker from './worker.ts'

export default defineFeature<typeof worker>()({
  namespace: 'workflow',
  places: ['backend'],
  // Its keys are an endpoint's, and read as loosely.
  schema: z.object({
    endpoint: z.unknown().optional(),
    backend: z.unknown().optional(),
    concurrent_calls: z.unknown().optional(),
    output_encoding: z.unknown().optional(),
    timeout: z.unknown().optional(),
    extra_config: z.unknown().optional(),
    ignore_errors: z.boolean().optional(),
  }),
  mismatch: 'block',
  normalise({ ignore_errors: ignoresErrors = false, ...endpoint }, place) {
    const nested = place.nested(endpoint, ignoresErrors)
    if (!nested) return {}
    const { pipeline, timeoutMs, readsBody, calls } = nested
    return { transport: { pipeline, timeoutMs, ignoresErrors }, decodes: 'data', calls, readsBody }
  },
})
