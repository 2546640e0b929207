/** Keys of krakend-amqp that its blocks share. What a broker would be told has no meaning for a Cloudflare Queue. */
import { z } from 'zod'

export const queueKeys = {
  name: z.string().optional(),
  exchange: z.string().optional(),
  durable: z.boolean().optional(),
  delete: z.boolean().optional(),
  exclusive: z.boolean().optional(),
  no_wait: z.boolean().optional(),
  backoff_strategy: z.string().optional(),
  max_retries: z.number().optional(),
  prefetch_count: z.number().optional(),
  prefetch_size: z.number().optional(),
  auto_ack: z.boolean().optional(),
  no_local: z.boolean().optional(),
  nack_discard: z.boolean().optional(),
}
