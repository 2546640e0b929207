import { z } from 'zod'
import { defineFeature } from '../../../compiler/feature.ts'
import { placeSchema } from '../../../compiler/json-schema/place.ts'
import { normaliseRefusal, refusalSchema } from '../../../compiler/schema/refusal.ts'
import type * as worker from './worker.ts'

export default defineFeature<typeof worker>()({
  namespace: 'validation/response-json-schema',
  places: ['endpoint', 'backend'],
  schema: z.object({ schema: z.unknown(), error: refusalSchema.optional() }),
  mismatch: 'key',
  normalise(raw, place) {
    const schema = placeSchema(raw.schema, [...place.at, 'schema'], place)
    if (!schema) return {}
    const options = { schema, error: normaliseRefusal(raw.error) }
    return place.place === 'endpoint' ? { proxy: options } : { backend: options }
  },
})
