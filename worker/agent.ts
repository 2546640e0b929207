/** async_agent: each message of a queue goes through a pipeline; if that has no error, it is done, or else it comes again (transform/RULES.md §5). */
import { assembleEndpoint } from './assemble.ts'
import { toFailure, told } from './errors.ts'
import type { Execution, Gateway } from './gateway.ts'
import type { AgentPlan, Context, CreateRespond, GatewayRequest, Handler, Incoming, Platform } from './types.ts'

export interface AgentOptions {
  timeoutMs: number
}

/** What Cloudflare hands over. */
export interface Batch {
  queue: string
  messages: readonly QueueMessage[]
}
export interface QueueMessage {
  id: string
  body: unknown
  ack(): void
  retry(): void
}

/** A Worker's queue handler. */
export function createQueue({ program, uses, createPlatform }: Gateway): (batch: Batch, env: unknown, execution: Execution) => Promise<void> {
  let made: { platform: Platform; agents: Map<string, Agent> } | null = null
  const make = (env: unknown): NonNullable<typeof made> => {
    const platform = createPlatform(env)
    const build = (plan: AgentPlan): Agent => ({ ...plan, handle: assembleEndpoint(plan.handler, uses, platform, { service: program.service, method: 'agent', path: plan.name }) })
    return { platform, agents: new Map(program.agents.map((plan) => [plan.queue, build(plan)])) }
  }
  return async (batch, env, execution) => {
    const { platform, agents } = (made ??= make(env))
    const agent = agents.get(batch.queue)
    if (!agent) throw new Error(`no async_agent takes messages of ${batch.queue}`)
    const outside = { env, trace: null, waitUntil: (work: Promise<unknown>) => execution.waitUntil(work) }
    await Promise.all(batch.messages.map(async (message, i) => {
      if (agent.maxRate && i) await sleep((i * 1000) / agent.maxRate)
      const { ok } = await agent.handle(incomingOf(message), outside).catch((error: unknown) => {
        platform.log('error', `agent ${agent.name}: ${told(toFailure(error))}`)
        return FAILED
      })
      if (ok || agent.discard) message.ack()
      else message.retry()
    }))
  }
}

type Agent = AgentPlan & { handle: Handler<'endpoint'> }
const FAILED = { ok: false }
const sleep = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** The pipeline of an agent: no parameters, no headers, the message as the body. */
export const respond: CreateRespond<AgentOptions> = ({ timeoutMs }, { platform, site }, proxy) => {
  return async (incoming, { env, trace, waitUntil }) => {
    const deadline = platform.startDeadline(timeoutMs)
    const ctx: Context = { env, trace, waitUntil, deadline, slots: null }
    const body = new Uint8Array(await incoming.raw.arrayBuffer())
    const request: GatewayRequest = { incoming, method: incoming.method, params: new Map(), headers: new Map([['user-agent', site.service.product]]), query: new Map(), body, hosts: null, path: '', url: '', fetch: platform.fetch }
    const { errors } = await proxy(request, ctx)
    deadline.clear()
    for (const error of errors) platform.log('error', `agent ${site.path}: ${told(error)}`)
    return new Response(null, { status: errors.length ? 500 : 200 })
  }
}

const encoder = new TextEncoder()
const NOBODY = (): string => ''

function incomingOf({ body, id }: QueueMessage): Incoming {
  const raw = new Request(`https://queue.invalid/${encodeURIComponent(id)}`, { method: 'POST', body: bytesOf(body) })
  return { raw, method: 'POST', path: '/', search: '', params: new Map(), route: '', headers: new Headers(), clientIp: NOBODY }
}

/** Messages are bytes, texts, or data that Cloudflare has parsed. */
function bytesOf(body: unknown): Uint8Array<ArrayBuffer> {
  if (typeof body === 'string') return encoder.encode(body)
  if (body instanceof ArrayBuffer) return new Uint8Array(body)
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer as ArrayBuffer, body.byteOffset, body.byteLength)
  return encoder.encode(JSON.stringify(body) ?? '')
}
