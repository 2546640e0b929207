/** All backends at once, merged in order of arrival, with partial answers (proxy/RULES.md §5). */
import { fail, toFailure } from '../errors.ts'
import type { Answer, Context, CreateMerge, Failure, GatewayRequest, Handler, Outcome } from '../types.ts'
import { bufferBody, type SharedBody } from './body.ts'
import { combine } from './combine.ts'

export interface ParallelOptions extends SharedBody {
  /** 85 % of the endpoint's time. */
  timeoutMs: number
}

export const merge: CreateMerge<ParallelOptions> = ({ timeoutMs, bufferBytes }, { platform }, backends) => {
  const callAll = async (request: GatewayRequest, ctx: Context): Promise<Outcome> => {
    const deadline = platform.startDeadline(timeoutMs)
    const outcome = await gather(backends, request, { env: ctx.env, deadline, waitUntil: ctx.waitUntil })
    deadline.clear()
    return outcome
  }
  if (bufferBytes === null) return callAll
  return async (request, ctx) => {
    try {
      return await callAll(await bufferBody(request, bufferBytes), ctx)
    } catch (error) {
      return fail(toFailure(error, ctx.deadline))
    }
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
