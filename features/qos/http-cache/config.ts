import { z } from 'zod'
import { defineFeature } from '../../../compiler/feature.ts'
import type * as worker from './worker.ts'

export default defineFeature<typeof worker>()({
  namespace: 'qos/http-cache',
  places: ['backend'],
  schema: z.object({ shared: z.boolean().optional(), max_size: z.number().optional(), max_items: z.number().optional() }),
  mismatch: 'key',
  normalise({ shared, max_size: bytes = 0, max_items: items = 0 }, { at }) {
    // Where it stands tells it from the endpoint's other backends; the run time adds the endpoint.
    const scope = shared ? '' : at.slice(2, 4).join(' ')
    return { client: { scope, bounds: bytes > 0 && items > 0 ? { bytes, items } : null } }
  },
})
