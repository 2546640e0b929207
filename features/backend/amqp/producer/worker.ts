/** What a client sends becomes a message of a queue; of AMQP itself Workers speak none (docs/queues.md). */
export { publish as transport } from '../../../../worker/queues/publish.ts'
