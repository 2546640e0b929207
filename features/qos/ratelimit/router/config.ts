import { z } from 'zod'
import { defineFeature } from '../../../../compiler/feature.ts'
import { titled } from '../../../../compiler/paths.ts'
import { rateOf } from '../rate.ts'
import type * as worker from './worker.ts'

const STRATEGIES = ['ip', 'header', 'param'] as const

export default defineFeature<typeof worker>()({
  namespace: 'qos/ratelimit/router',
  places: ['endpoint'],
  schema: z.object({
    max_rate: z.number().optional(),
    capacity: z.number().optional(),
    client_max_rate: z.number().optional(),
    client_capacity: z.number().optional(),
    every: z.string().optional(),
    strategy: z.string().optional(),
    key: z.string().optional(),
    num_shards: z.number().optional(),
    cleanup_period: z.string().optional(),
    cleanup_threads: z.number().optional(),
  }),
  mismatch: 'key',
  normalise(raw, { at, report, parameters }) {
    const all = rateOf(raw.max_rate, raw.capacity, raw.every, 1000)
    const own = rateOf(raw.client_max_rate, raw.client_capacity, raw.every, 1000)
    const by = STRATEGIES.find((known) => known === raw.strategy?.toLowerCase())
    if (own && !by) report.warn([...at, 'strategy'], 'unknown-strategy', `expected ${STRATEGIES.join(', ')} for client_max_rate, found ${raw.strategy ?? 'nothing'}: clients are not limited`, { opensDoor: true })
    const client = own && by ? { ...own, ...(raw.client_capacity ? {} : { capacity: clientCapacity(own, all) }), by, key: by === 'param' ? paramOf(raw.key ?? '', parameters) : (raw.key ?? '') } : null
    return all || client ? { endpoint: { all, client } } : {}
  },
})

/** The key is spelled as in the endpoint's braces; one that is not there is never sent, and so refused. */
const paramOf = (key: string, parameters: readonly string[]): string => (parameters.includes(key) ? titled(key) : '')

/** KrakenD takes one where the endpoint's own rate is below one a second, or not given. */
const clientCapacity = (client: { intervalMs: number }, all: { intervalMs: number } | null): number => (!all || all.intervalMs > 1000 ? 1 : Math.max(1, Math.floor(1000 / client.intervalMs)))
