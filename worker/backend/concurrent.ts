/**
 * concurrent_calls: the same request several times, the first complete answer wins (proxy/RULES.md §9). The others are ended,
 * except for no-op: there KrakenD cuts the winner's stream off too.
 */
import { startAborting } from '../aborting.ts'
import { LATE } from '../errors.ts'
import { discard } from './read.ts'
import type { Context, CreateStage, GatewayRequest, Handler, Outcome, Platform } from '../types.ts'

export interface ConcurrentOptions {
  calls: number
  /** 75 % of the endpoint's time. */
  timeoutMs: number
}

export const backend: CreateStage<'backend', ConcurrentOptions> = (options, { platform }) => {
  return (next) => (request, ctx) => race(next, request, ctx, options, platform)
}

function race(next: Handler<'backend'>, request: GatewayRequest, ctx: Context, { calls, timeoutMs }: ConcurrentOptions, platform: Platform): Promise<Outcome> {
  // Calls that lost give up their turns (slots.ts).
  const deadline = ctx.slots ? startAborting(timeoutMs) : platform.startDeadline(timeoutMs)
  // A step of a sequence may have less time left.
  ctx.deadline.signal?.addEventListener('abort', () => deadline.abort(), { once: true })
  const first = new Promise<Outcome>((resolve) => {
    let pending = calls
    let last = LATE
    let over = false
    const settle = (outcome: Outcome): void => {
      // Nobody reads the body of an answer that lost.
      if (over && outcome.answer?.body.kind === 'raw') discard(outcome.answer.body.response)
      if (outcome.answer || !last.answer) last = outcome
      const won = outcome.answer?.complete
      if (--pending > 0 && !won) return
      over = true
      if (outcome.answer?.body.kind === 'raw') deadline.clear()
      else deadline.abort()
      resolve(won ? outcome : last)
    }
    for (let i = 0; i < calls; i++) void next(request, { ...ctx, deadline }).then(settle)
  })
  return ctx.deadline.race(first, LATE)
}
