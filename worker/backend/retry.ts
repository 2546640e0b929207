/**
 * `retry` and `eject` of backend/http/client: a call that got no answer is made again, to the next host. KrakenD calls once, a host
 * chosen at random: so does a backend that has neither key.
 */
import { startAborting } from '../aborting.ts'
import { LATE } from '../errors.ts'
import type { Context, CreateStage, GatewayRequest, Handler, Outcome } from '../types.ts'
import { createHosts, type EjectOptions } from './hosts.ts'
import { discard } from './read.ts'

export interface RetryOptions {
  hosts: readonly string[]
  /** Further calls at most. */
  times: number
  /** The method has no body to send. */
  bodiless: boolean
  /** What a call may take that another may follow; null: all that is left of the request's time. */
  attemptMs: number | null
  /** Statuses of an upstream that count as no answer. */
  statuses: readonly number[]
  /** Further calls for each request, on the average. */
  budget: number
  eject: EjectOptions | null
  /** The call is one of several that race: that it was ended says nothing of its host. */
  raced: boolean
}

export const backend: CreateStage<'backend', RetryOptions> = (options, { platform }) => {
  const hosts = createHosts(options.eject, platform)
  const budget = createBudget(options.budget, platform.now)
  return (next) => async (request, ctx) => {
    budget.earn()
    const times = options.bodiless || !(request.body instanceof ReadableStream) ? options.times : 0
    const tried: string[] = []
    for (;;) {
      const host = hosts.choose(request.hosts ?? options.hosts, tried)
      if (host === undefined) return next(request, ctx)
      // The last call has all the time that is left.
      const outcome = await attempt(next, { ...request, hosts: [host] }, ctx, tried.length < times ? options.attemptMs : null)
      const verdict = judge(outcome, options)
      const ended = ctx.deadline.over()
      if (verdict !== 'unknown' && !(options.raced && ended)) hosts.tell(host, verdict === 'good')
      tried.push(host)
      if (verdict !== 'bad' || tried.length > times || ended || !budget.spend()) return outcome
      if (outcome.answer?.body.kind === 'raw') discard(outcome.answer.body.response)
    }
  }
}

/** One call. It can be ended by itself, so that the next does not wait for its connection. */
async function attempt(next: Handler<'backend'>, request: GatewayRequest, ctx: Context, milliseconds: number | null): Promise<Outcome> {
  if (milliseconds === null) return next(request, ctx)
  const deadline = startAborting(milliseconds)
  ctx.deadline.signal?.addEventListener('abort', () => deadline.abort())
  const outcome = await ctx.deadline.race(next(request, { ...ctx, deadline }), LATE)
  // A body that streams on has the request's time.
  if (outcome === LATE) deadline.abort()
  else deadline.clear()
  return outcome
}

/** `unknown`: nobody was asked, or what came says nothing of the host. */
function judge({ answer, errors: [first] }: Outcome, { statuses }: RetryOptions): 'good' | 'bad' | 'unknown' {
  if (answer) return statuses.includes(answer.status) ? 'bad' : 'good'
  if (first?.kind === 'network' || first?.kind === 'timeout') return 'bad'
  if (first?.kind === 'decode') return 'good'
  if (first?.upstreamStatus === undefined) return 'unknown'
  return statuses.includes(first.upstreamStatus) ? 'bad' : 'good'
}

/** So many calls may be made again at once, and one a second beside the share, so that one in a while always may. */
const SAVED = 100
const EARNED_BY_MS = 1 / 1000

/** Where all fails, retries would multiply the load: they are a share of the requests. */
function createBudget(share: number, now: () => number): { earn(): void; spend(): boolean } {
  let saved = SAVED
  let at = now()
  return {
    earn() {
      const time = now()
      saved = Math.min(SAVED, saved + share + Math.max(0, time - at) * EARNED_BY_MS)
      at = time
    },
    spend() {
      if (saved < 1) return false
      saved--
      return true
    },
  }
}
