/** Limits of all endpoints together, 404 and 405 among them (KrakenD Enterprise, qos/ratelimit/service). */
import { createRequestLimits, type RequestLimits, whenPassed } from '../../../../worker/limit/request.ts'
import type { CreateStage } from '../../../../worker/types.ts'

export const route: CreateStage<'route', RequestLimits> = (options, made) => {
  const check = createRequestLimits(options, made)
  return (next) => (incoming, ctx) => whenPassed(check(incoming), () => next(incoming, ctx))
}
