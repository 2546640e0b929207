import { z } from 'zod'
import { defineFeature } from '../../../compiler/feature.ts'
import { placeSchema } from '../../../compiler/json-schema/place.ts'
import type * as worker from './worker.ts'

export default defineFeature<typeof worker>()({
  namespace: 'validation/json-schema',
  places: ['endpoint'],
  schema: z.unknown(),
  mismatch: 'block',
  normalise(schema, place) {
    const options = placeSchema(schema, place.at, place)
    return options ? { proxy: options, readsBody: true } : {}
  },
})
