/** Cloudflare Queues that the gateway sends to and takes from. */
import type { Plan, QueueBindings } from '../plan.ts'

export interface Queues {
  /** Gives the name of the binding. */
  sendsTo(queue: string): string
  takesFrom(consumer: QueueBindings['consumers'][number]): void
  all(): Plan['bindings']['queues']
}

export function createQueues(): Queues {
  const producers = new Map<string, string>()
  const consumers: QueueBindings['consumers'][number][] = []
  return {
    sendsTo(queue) {
      const name = `QUEUE_${queue.replace(/[^A-Za-z0-9]/g, '_').toUpperCase()}`
      producers.set(queue, name)
      return name
    },
    takesFrom: (consumer) => void consumers.push(consumer),
    all: () => ({ producers: [...producers].map(([queue, name]) => ({ name, queue })), consumers }),
  }
}
