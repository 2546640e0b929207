import { z } from 'zod'
import { defineFeature } from '../../../compiler/feature.ts'

/** Only a switch: telemetry/logging reads it, and writes its lines as logstash wants them. */
export default defineFeature<object>()({
  namespace: 'telemetry/logstash',
  places: ['service'],
  schema: z.object({ enabled: z.boolean().optional() }),
  mismatch: 'key',
  normalise(_raw, { at, report, around }) {
    if (!around.service || !('telemetry/logging' in around.service)) report.warn(at, 'no-effect', 'telemetry/logstash needs telemetry/logging: it does nothing')
    return {}
  },
})
