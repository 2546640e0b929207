/**
 * concurrent_calls: the same request several times, the first complete answer wins (proxy/RULES.md §9). The others are ended,
 * except for no-op: there KrakenD cuts the winner's stream off too.
 */
import { startDeadline } from '../deadline.ts'
import { fail, TIMEOUT, toFailure } from '../errors.ts'
import { bufferBody, type SharedBody } from '../merge/body.ts'
import type { Context, CreateStage, GatewayRequest, Handler, Outcome } from '../types.ts'

export interface ConcurrentOptions extends SharedBody {
  calls: number
  /** 75 % of the endpoint's time. */
  timeoutMs: number
}

export const backend: CreateStage<'backend', ConcurrentOptions> = (options) => {
  return (next) => async (request, ctx) => {
    if (options.bufferBytes === null) return race(next, request, ctx, options)
    try {
      return await race(next, await bufferBody(request, options.bufferBytes), ctx, options)
    } catch (error) {
      return fail(toFailure(error, ctx.signal))
    }
  }
}

function race(next: Handler<'backend'>, request: GatewayRequest, ctx: Context, { calls, timeoutMs }: ConcurrentOptions): Promise<Outcome> {
  const deadline = startDeadline(timeoutMs)
  const signal = AbortSignal.any([ctx.signal, deadline.signal])
  return new Promise((resolve) => {
    let pending = calls
    let last: Outcome = fail(TIMEOUT)
    const settle = (outcome: Outcome): void => {
      if (outcome.answer || !last.answer) last = outcome
      const won = outcome.answer?.complete
      if (--pending > 0 && !won) return
      if (outcome.answer?.body.kind === 'raw') deadline.clear()
      else deadline.abort()
      resolve(won ? outcome : last)
    }
    for (let i = 0; i < calls; i++) void next(request, { ...ctx, signal }).then(settle)
  })
}
