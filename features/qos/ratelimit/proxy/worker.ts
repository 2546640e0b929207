/** The limit of a backend: beyond it its calls fail (security/RULES.md). */
import { fail } from '../../../../worker/errors.ts'
import { createBucket, type Rate } from '../../../../worker/limit/bucket.ts'
import type { CreateStage, Failure } from '../../../../worker/types.ts'

const EXCEEDED: Failure = { kind: 'refused', message: 'rate limit exceded' }

export const backend: CreateStage<'backend', Rate> = (rate, { platform }) => {
  const bucket = createBucket(rate, platform.now, platform.startedAt)
  return (next) => (request, ctx) => (bucket.take() ? next(request, ctx) : Promise.resolve(fail(EXCEEDED)))
}
