import { z } from 'zod'
import { defineFeature } from '../../../../compiler/feature.ts'
import type { Json } from '../../../../worker/types.ts'
import { findQueue } from '../../queue.ts'
import type * as worker from './worker.ts'

export default defineFeature<typeof worker>()({
  namespace: 'backend/pubsub/publisher',
  places: ['backend'],
  schema: z.object({ topic_url: z.string().optional() }),
  mismatch: 'block',
  normalise(raw, place) {
    const found = findQueue(`${place.hosts[0] ?? ''}${raw.topic_url ?? ''}`, 'send', [...place.at, 'topic_url'], place)
    return found ? { transport: { send: found.name, options: found.options as unknown as Json }, readsBody: true } : {}
  },
})
