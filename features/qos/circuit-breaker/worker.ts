/** Calls of a backend that fails again and again are refused for a while (security/RULES.md, qos/circuit-breaker). One breaker an isolate. */
import { fail } from '../../../worker/errors.ts'
import { type Breaker, type BreakerOptions, createBreaker } from '../../../worker/limit/breaker.ts'
import type { CreateStage, Outcome } from '../../../worker/types.ts'

export const backend: CreateStage<'backend', BreakerOptions> = (options, made) => {
  const breaker = createBreaker(options, made)
  return (next) => (request, ctx) => {
    const pass = breaker.enter()
    return typeof pass === 'number' ? watch(next(request, ctx), breaker, pass) : Promise.resolve(fail(pass))
  }
}

async function watch(call: Promise<Outcome>, breaker: Breaker, pass: number): Promise<Outcome> {
  let failed = true
  try {
    const outcome = await call
    // An answer of error details is one, whatever its status.
    failed = outcome.errors.length > 0
    return outcome
  } finally {
    breaker.leave(pass, failed)
  }
}
