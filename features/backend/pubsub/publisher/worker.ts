/** What a client sends becomes a message of a topic (transform/RULES.md §5). */
export { publish as transport } from '../../../../worker/queues/publish.ts'
