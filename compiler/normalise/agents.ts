/** async_agent: Cloudflare hands the messages of a queue to the gateway, which has backends do something with each (transform/RULES.md §5). */
import { z } from 'zod'
import type { AgentOptions } from '../../worker/agent.ts'
import type { AgentPlan } from '../../worker/types.ts'
import { nearest, type Path } from '../diagnostics.ts'
import type { Target } from '../emit/module.ts'
import { readBlock, renameOld } from '../schema/namespaces.ts'
import type { Agent, Service } from '../schema/service.ts'
import { normaliseEndpoint } from './endpoint.ts'
import type { Queues } from './queues.ts'
import { type Scope, use } from './scope.ts'

const NAMESPACE = 'async/amqp'
/** What a broker would be told is read and has no meaning. */
const amqpSchema = z.object({
  host: z.string().optional(),
  name: z.string().optional(),
  exchange: z.string().optional(),
  durable: z.boolean().optional(),
  delete: z.boolean().optional(),
  exclusive: z.boolean().optional(),
  no_wait: z.boolean().optional(),
  prefetch_count: z.number().optional(),
  prefetch_size: z.number().optional(),
  auto_ack: z.boolean().optional(),
  no_local: z.boolean().optional(),
  nack_discard: z.boolean().optional(),
})
/** Cloudflare's own: 100 messages in a batch. */
const MAX_BATCH = 100
const QUEUE = 'cfqueue://'

export function normaliseAgents(service: Service, scope: Scope, queues: Pick<Queues, 'takesFrom'>, target: Target | null): AgentPlan[] {
  return (service.async_agent ?? []).flatMap((agent, i) => {
    const at: Path = ['async_agent', i]
    const plan = normaliseAgent(agent, i, service, at, scope)
    if (!plan) return []
    if (target !== null && target !== 'cloudflare') scope.report.error(at, 'cloudflare-only', `an async_agent takes messages of a Cloudflare Queue, which ${target} has none of`)
    queues.takesFrom({ queue: plan.queue, batch: Math.min(agent.consumer?.workers || 1, MAX_BATCH) })
    return [plan]
  })
}

/** null: KrakenD goes on without it, or it was refused. */
function normaliseAgent(agent: Agent, i: number, service: Service, at: Path, scope: Scope): AgentPlan | null {
  const { report } = scope
  const extra = renameOld(agent.extra_config)
  const block = readBlock(extra, agent.extra_config, NAMESPACE, amqpSchema, 'block', at, report)
  if (!block || block.damaged) {
    if (!block) report.warn([...at, 'extra_config'], 'no-queue', `expected ${NAMESPACE}, which says where the messages are: the agent does nothing`)
    return null
  }
  const queue = queueOf(block.value, at, scope)
  if (queue === null) return null
  const { [NAMESPACE]: _, ...rest } = extra
  const timeout = agent.consumer?.timeout || scope.timeoutMs
  const planned = normaliseEndpoint({ endpoint: `/${i}`, method: 'GET', backend: agent.backend ?? [], timeout, extra_config: rest }, service, at, scope)
  if (!planned?.handler.proxy) {
    report.warn(at, 'no-backends', 'expected at least one backend: the agent does nothing')
    return null
  }
  const rate = Number(agent.consumer?.max_rate ?? 0)
  return {
    name: agent.name || `AsyncAgent-${String(i).padStart(2, '0')}`,
    queue,
    maxRate: rate > 0 ? rate : 0,
    discard: block.value.nack_discard === true || block.value.auto_ack === true,
    handler: { ...planned.handler, stages: [], respond: use<AgentOptions>('worker/agent', { timeoutMs: timeout }) },
  }
}

/** `cfqueue://NAME`, or `cfqueue://` and the block's own name. */
function queueOf({ host = '', name = '' }: z.infer<typeof amqpSchema>, at: Path, { report }: Scope): string | null {
  const where = [...at, 'extra_config', NAMESPACE, 'host']
  const queue = host.startsWith(QUEUE) ? host.slice(QUEUE.length).replace(/\/+$/, '') || name : null
  if (queue !== null && /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i.test(queue)) return queue
  if (queue !== null) report.error(where, 'bad-queue', `expected the name of a Cloudflare Queue, as in "cfqueue://orders", found "${queue}"`)
  else {
    const suggestion = nearest(host, [QUEUE])
    report.error(where, 'no-broker', `${host.split('://')[0] || 'a broker'}:// can't be reached: Workers keep no connection to a broker. Take messages of a Cloudflare Queue, "cfqueue://orders", and send to that from where you publish now`, suggestion)
  }
  return null
}
