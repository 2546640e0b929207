/** All backends at once, merged in order of arrival, with partial answers (proxy/RULES.md §5). */
import { startAborting } from '../aborting.ts'
import { createSlots } from '../slots.ts'
import type { Answer, Context, CreateMerge, Failure, GatewayRequest, Handler, Outcome } from '../types.ts'
import { combine } from './combine.ts'

export interface ParallelOptions {
  /** 85 % of the endpoint's time. */
  timeoutMs: number
  /** Calls that the backends make at once. */
  calls: number
}

export const merge: CreateMerge<ParallelOptions> = ({ timeoutMs, calls }, { platform }, backends) => {
  const takesTurns = calls > platform.connections
  return async (request, ctx) => {
    // A call that is left behind would keep its turn: where calls wait for theirs, a signal ends them.
    const deadline = takesTurns ? startAborting(timeoutMs) : platform.startDeadline(timeoutMs)
    const outcome = await gather(backends, request, { ...ctx, deadline, slots: ctx.slots ?? (takesTurns ? createSlots(platform.connections) : null) })
    deadline.clear()
    return outcome
  }
}

async function gather(backends: readonly Handler<'backend'>[], request: GatewayRequest, ctx: Context): Promise<Outcome> {
  const answers: Answer[] = []
  const errors: Failure[] = []
  const arrive = (outcome: Outcome): void => {
    if (outcome.answer) answers.push(outcome.answer)
    errors.push(...outcome.errors)
  }
  await Promise.all(backends.map((backend) => backend(request, ctx).then(arrive)))
  return combine(answers, errors, backends.length)
}
