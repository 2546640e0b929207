/** One message a request (transform/RULES.md §5). */
export { subscribe as transport } from '../../../../worker/queues/subscribe.ts'
