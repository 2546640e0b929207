/** The limit of a backend: beyond it its calls fail (security/RULES.md). */
import { fail } from '../../../../worker/errors.ts'
import type { CreateStage, Failure, Outcome, Use } from '../../../../worker/types.ts'

const EXCEEDED: Failure = { kind: 'refused', message: 'rate limit exceded' }

export const backend: CreateStage<'backend', { limit: Use }> = (options, made) => {
  const limit = made.limit(options.limit)
  return (next) => (request, ctx) => {
    const passes = limit('')
    const pass = (): Promise<Outcome> => next(request, ctx)
    if (typeof passes !== 'boolean') return whenCounted(passes, pass)
    return passes ? pass() : Promise.resolve(fail(EXCEEDED))
  }
}

const whenCounted = async (counting: Promise<boolean>, pass: () => Promise<Outcome>): Promise<Outcome> => ((await counting) ? pass() : fail(EXCEEDED))
