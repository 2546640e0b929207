import { z } from 'zod'
import { defineFeature } from '../../../compiler/feature.ts'
import { leastLevel } from '../levels.ts'
import { sinkUrl } from '../sink.ts'
import type * as worker from './worker.ts'

export default defineFeature<typeof worker>()({
  namespace: 'telemetry/gelf',
  places: ['service'],
  schema: z.object({ address: z.string().optional(), enable_tcp: z.boolean().optional() }),
  mismatch: 'key',
  normalise(raw, { at, report, around }) {
    if (!around.service || !('telemetry/logging' in around.service)) {
      report.warn(at, 'no-effect', 'telemetry/gelf needs telemetry/logging: nothing is sent')
      return {}
    }
    const address = raw.address ?? ''
    const spoken = /^https?:\/\//i.test(address)
    const url = sinkUrl(spoken || !address ? address : `http://${address}`, 'http://graylog:12201', [...at, 'address'], report)
    if (!url) return {}
    if (!spoken) report.warn([...at, 'address'], 'not-supported', `there is neither UDP nor GELF's TCP here: lines go to http://${address}/gelf, where Graylog needs an input of the kind "GELF HTTP"; write http:// before it once it has one`)
    if (url.pathname === '/') url.pathname = '/gelf'
    return { service: { url: url.href, level: leastLevel(around.service) } }
  },
})
