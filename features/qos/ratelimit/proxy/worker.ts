/** The limit of a backend: beyond it its calls fail (security/RULES.md). */
import { fail } from '../../../../worker/errors.ts'
import type { CreateStage, Failure, Use } from '../../../../worker/types.ts'

const EXCEEDED: Failure = { kind: 'refused', message: 'rate limit exceded' }

export const backend: CreateStage<'backend', { limit: Use }> = (options, made) => {
  const limit = made.limit(options.limit)
  return (next) => (request, ctx) => {
    const passes = limit('')
    if (passes === true) return next(request, ctx)
    if (passes === false) return Promise.resolve(fail(EXCEEDED))
    return passes.then((passed) => (passed ? next(request, ctx) : fail(EXCEEDED)))
  }
}
