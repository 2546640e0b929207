/**
 * The breaker of KrakenD's Enterprise edition, which looks at status codes: it also works where a status is no error, as in no-op. It stands
 * within the cache, so that only calls count, and around the credentials, since a call that gets no token has failed.
 */
import { type BreakerOptions, createBreaker } from '../../../../worker/limit/breaker.ts'
import type { CreateStage } from '../../../../worker/types.ts'

export interface Options extends BreakerOptions {
  /** Status codes that are no failure. */
  valid: readonly number[]
}

export const client: CreateStage<'client', Options> = (options, made) => {
  const breaker = createBreaker(options, made)
  const valid = new Set(options.valid)
  return (next) => async (request, ctx) => {
    const pass = breaker.enter()
    if (typeof pass !== 'number') throw pass
    let failed = true
    try {
      const response = await next(request, ctx)
      failed = !valid.has(response.status)
      return response
    } finally {
      breaker.leave(pass, failed)
    }
  }
}
