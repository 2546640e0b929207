import { z } from 'zod'
import { defineFeature } from '../../../../compiler/feature.ts'
import type { Json } from '../../../../worker/types.ts'
import { findQueue } from '../../queue.ts'
import { queueKeys } from '../keys.ts'
import type * as worker from './worker.ts'

/** What a message of a Cloudflare Queue can't carry. */
const LOST = ['exp_key', 'reply_to_key', 'msg_id_key', 'priority_key'] as const

export default defineFeature<typeof worker>()({
  namespace: 'backend/amqp/producer',
  places: ['backend'],
  schema: z.object({
    ...queueKeys,
    mandatory: z.boolean().optional(),
    immediate: z.boolean().optional(),
    exp_key: z.string().optional(),
    reply_to_key: z.string().optional(),
    msg_id_key: z.string().optional(),
    priority_key: z.string().optional(),
    routing_key: z.string().optional(),
    static_routing_key: z.boolean().optional(),
  }),
  mismatch: 'block',
  normalise(raw, place) {
    const { at, report, hosts } = place
    const found = findQueue(hosts[0] ?? '', 'send', at, place)
    if (!found) return {}
    for (const key of LOST) if (raw[key]) report.warn([...at, key], 'no-effect', `${key} does nothing: messages of queues here are a body`)
    if (raw.routing_key && !raw.static_routing_key) report.warn([...at, 'routing_key'], 'no-effect', 'routing_key does nothing: the host names the queue')
    return { transport: { send: found.name, options: found.options as unknown as Json }, readsBody: true }
  },
})
