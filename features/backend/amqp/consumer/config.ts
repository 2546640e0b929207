import { z } from 'zod'
import { defineFeature } from '../../../../compiler/feature.ts'
import type { Json } from '../../../../worker/types.ts'
import { findQueue } from '../../queue.ts'
import { queueKeys } from '../keys.ts'
import type * as worker from './worker.ts'

export default defineFeature<typeof worker>()({
  namespace: 'backend/amqp/consumer',
  places: ['backend'],
  schema: z.object({ ...queueKeys, routing_key: z.array(z.string()).optional() }),
  mismatch: 'block',
  normalise(_raw, place) {
    const found = findQueue(place.hosts[0] ?? '', 'take', place.at, place)
    return found ? { transport: { take: found.name, options: found.options as unknown as Json } } : {}
  },
})
