import { defineFeature } from '../../../compiler/feature.ts'
import { normaliseStage, stageSchema } from '../lua-stage.ts'
import type * as worker from './worker.ts'

export default defineFeature<typeof worker>()({
  namespace: 'modifier/lua-backend',
  places: ['backend'],
  schema: stageSchema,
  mismatch: 'key',
  normalise(raw, place) {
    const made = normaliseStage(raw, place)
    return made ? { backend: made.stage, readsBody: made.readsBody } : {}
  },
})
