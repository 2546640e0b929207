import { defineFeature } from '../../../compiler/feature.ts'
import { extractorOf, extractorSchema } from '../extractor.ts'
import type * as worker from './worker.ts'

export default defineFeature<typeof worker>()({
  namespace: 'modifier/request-body-extractor',
  places: ['service', 'endpoint'],
  schema: extractorSchema,
  mismatch: 'block',
  normalise(raw, place) {
    const options = extractorOf(raw, place)
    return options ? { [place.place === 'service' ? 'route' : 'endpoint']: options } : {}
  },
})
