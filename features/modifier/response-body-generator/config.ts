import { placeTemplate, templateSchema } from '../../../compiler/body-template.ts'
import { defineFeature } from '../../../compiler/feature.ts'
import type * as worker from './worker.ts'

export default defineFeature<typeof worker>()({
  namespace: 'modifier/response-body-generator',
  places: ['endpoint', 'backend'],
  schema: templateSchema,
  mismatch: 'block',
  normalise(raw, place) {
    const options = placeTemplate(raw, place)
    return options ? { [place.place === 'endpoint' ? 'proxy' : 'backend']: options, readsBody: true } : {}
  },
})
