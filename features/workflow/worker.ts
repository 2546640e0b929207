/** Backends within a backend (KrakenD Enterprise): a pipeline in the place of a call. The backend's own filters see what it gives. */
import { LATE, told } from '../../worker/errors.ts'
import type { Answer, Context, CreateTransport, GatewayRequest, Outcome, ProxyPlan } from '../../worker/types.ts'

export interface Options {
  pipeline: ProxyPlan
  /** null: as much as there is. */
  timeoutMs: number | null
  /** What went wrong within is logged, and what there is goes on. */
  ignoresErrors: boolean
}

export const transport: CreateTransport<Options> = ({ pipeline, timeoutMs, ignoresErrors }, { platform, pipeline: assemble, site }) => {
  const run = assemble(pipeline)
  const inTime = async (request: GatewayRequest, ctx: Context): Promise<Outcome> => {
    if (timeoutMs === null) return ctx.deadline.race(run(request, ctx), LATE)
    const deadline = platform.startDeadline(timeoutMs)
    const outcome = await ctx.deadline.race(deadline.race(run(request, { ...ctx, deadline }), LATE), LATE)
    if (outcome.answer?.body.kind !== 'raw') deadline.clear()
    return outcome
  }
  if (!ignoresErrors) return inTime
  return async (request, ctx) => {
    const { answer, errors } = await inTime(request, ctx)
    for (const error of errors) platform.log('warning', `${site.method} ${site.path}: ${told(error)}`)
    return { answer: answer ?? NOTHING, errors: [] }
  }
}

const NOTHING: Answer = { status: 0, headers: null, complete: false, body: { kind: 'data', value: {} } }
