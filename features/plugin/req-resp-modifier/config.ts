import { z } from 'zod'
import { defineFeature } from '../../../compiler/feature.ts'
import { ipFilterOf, ipFilterSchema } from '../ip-filter.ts'
import { namedPlugins, nameSchema } from '../names.ts'
import type * as worker from './worker.ts'

export default defineFeature<typeof worker>()({
  namespace: 'plugin/req-resp-modifier',
  places: ['endpoint'],
  schema: z.looseObject({ name: nameSchema, 'ip-filter': ipFilterSchema.optional() }),
  mismatch: 'block',
  normalise(raw, place) {
    const plugins = namedPlugins(raw.name, ['ip-filter'], place.at, place.report)
    const filter = raw['ip-filter']
    return plugins.includes('ip-filter') && filter ? { endpoint: { 'ip-filter': ipFilterOf(filter, place) } } : {}
  },
})
