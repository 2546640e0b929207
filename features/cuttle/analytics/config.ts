import { z } from 'zod'
import { defineFeature } from '../../../compiler/feature.ts'
import type * as worker from './worker.ts'

export default defineFeature<typeof worker>()({
  namespace: 'cuttle/analytics',
  places: ['service', 'backend'],
  inherits: true,
  schema: z.object({ dataset: z.string() }),
  mismatch: 'refuse',
  normalise({ dataset }, { place, at, report, target, pattern, dataset: bind }) {
    const binding = bind(dataset)
    if (place === 'backend') return { client: { binding, pattern: pattern ?? '' } }
    if (target !== null && target !== 'cloudflare') report.warn(at, 'no-effect', `Analytics Engine is Cloudflare's: on ${target} nothing is written; use telemetry/opentelemetry`)
    return { service: { binding } }
  },
})
