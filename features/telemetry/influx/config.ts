import { z } from 'zod'
import { defineFeature } from '../../../compiler/feature.ts'
import { parseDuration } from '../../../compiler/schema/loose.ts'
import { sinkUrl } from '../sink.ts'
import type * as worker from './worker.ts'

const schema = z.object({
  address: z.string().optional(),
  db: z.string().optional(),
  ttl: z.string().optional(),
  username: z.string().optional(),
  password: z.string().optional(),
  buffer_size: z.number().optional(),
})

export default defineFeature<typeof worker>()({
  namespace: 'telemetry/influx',
  places: ['service'],
  schema,
  mismatch: 'block',
  normalise(raw, { at, report, secret, around }) {
    if (!around.service || !('telemetry/metrics' in around.service)) report.warn(at, 'no-effect', 'telemetry/influx sends what telemetry/metrics counts: without it there is nothing to send')
    const address = raw.address ?? ''
    if (!sinkUrl(address, 'http://influxdb:8086', [...at, 'address'], report)) return {}
    const periodMs = parseDuration(raw.ttl ?? '') ?? 0
    if (periodMs <= 0) {
      report.warn([...at, 'ttl'], 'wrong-type', `expected how often to send, such as "25s", found ${JSON.stringify(raw.ttl ?? null)}: nothing is sent`)
      return {}
    }
    const hidden = (value: string | undefined, hint: string): string | null => (value ? secret(value, hint) : null)
    return { service: { address: address.replace(/\/+$/, ''), db: raw.db ?? 'krakend', periodMs, username: hidden(raw.username, 'INFLUX_USERNAME'), password: hidden(raw.password, 'INFLUX_PASSWORD') } }
  },
})
