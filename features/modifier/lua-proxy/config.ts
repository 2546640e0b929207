import { defineFeature } from '../../../compiler/feature.ts'
import { normaliseStage, stageSchema } from '../lua-stage.ts'
import type * as worker from './worker.ts'

export default defineFeature<typeof worker>()({
  namespace: 'modifier/lua-proxy',
  places: ['endpoint'],
  schema: stageSchema,
  mismatch: 'key',
  normalise(raw, place) {
    const made = normaliseStage(raw, place)
    return made ? { proxy: made.stage, readsBody: made.readsBody } : {}
  },
})
