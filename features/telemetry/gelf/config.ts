import { z } from 'zod'
import { defineFeature } from '../../../compiler/feature.ts'
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
    if (!raw.address) {
      report.warn(at, 'no-effect', 'expected an address such as "graylog:12201": nothing is sent')
      return {}
    }
    const url = /^https?:\/\//.test(raw.address) ? raw.address : `http://${raw.address}`
    return { service: { url: new URL(url).pathname === '/' ? `${url.replace(/\/$/, '')}/gelf` : url } }
  },
})
