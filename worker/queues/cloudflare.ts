/** Cloudflare Queues by their binding. A message is its body: Queues know no metadata. */
import type { Failure } from '../types.ts'
import type { CreateSend } from './message.ts'

export interface CloudflareOptions {
  binding: string
  queue: string
}
interface Producer {
  send(body: Uint8Array, options: { contentType: 'bytes' }): Promise<unknown>
}

export const send: CreateSend<CloudflareOptions> = ({ binding, queue }, { platform }) => {
  return async ({ body }) => {
    const producer = platform.binding(binding)
    if (!isProducer(producer)) throw { kind: 'refused', message: `cfqueue://${queue}: nothing is bound to ${binding}` } satisfies Failure
    await producer.send(body, { contentType: 'bytes' })
  }
}

const isProducer = (value: unknown): value is Producer => typeof value === 'object' && value !== null && 'send' in value
