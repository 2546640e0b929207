import { defineFeature } from '../../../compiler/feature.ts'
import { virtualHostSchema, virtualHostsOf } from '../../../compiler/virtual-hosts.ts'
import type * as worker from './worker.ts'

export default defineFeature<typeof worker>()({
  namespace: 'server/virtualhost',
  places: ['service'],
  schema: virtualHostSchema,
  mismatch: 'block',
  normalise(raw, { at, report }) {
    const options = virtualHostsOf(raw, at, report)
    return options ? { service: options } : {}
  },
})
