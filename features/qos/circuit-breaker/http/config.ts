import { z } from 'zod'
import { defineFeature } from '../../../../compiler/feature.ts'
import { breakerOf, keys } from '../breaker.ts'
import type * as worker from './worker.ts'

export default defineFeature<typeof worker>()({
  namespace: 'qos/circuit-breaker/http',
  places: ['backend'],
  schema: z.object({ ...keys, valid_status_codes: z.array(z.number().int().min(100).max(599)).optional() }),
  mismatch: 'key',
  normalise(raw, { at, report }) {
    const valid = raw.valid_status_codes ?? []
    if (valid.length) return { client: { ...breakerOf(raw), valid } }
    report.warn([...at, 'valid_status_codes'], 'no-status-codes', 'expected a list of status codes such as [200, 201, 404], found none: the circuit breaker is off', { opensDoor: true })
    return {}
  },
})
