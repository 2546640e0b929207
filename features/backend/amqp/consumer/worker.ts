/** One message a request; of AMQP itself Workers speak none (docs/queues.md). */
export { subscribe as transport } from '../../../../worker/queues/subscribe.ts'
