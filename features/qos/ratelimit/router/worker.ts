/** Limits of an endpoint (security/RULES.md, qos/ratelimit). */
import { createRequestLimits, type RequestLimits, whenPassed } from '../../../../worker/limit/request.ts'
import type { CreateStage } from '../../../../worker/types.ts'

export const endpoint: CreateStage<'endpoint', RequestLimits> = (options, made) => {
  const check = createRequestLimits(options, made)
  return (next) => (incoming, ctx) => whenPassed(check(incoming), () => next(incoming, ctx))
}
