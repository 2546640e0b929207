/** Checks around a pipeline, an endpoint's or a backend's: before it, of the request, and after it, of the answer. */
import { discard } from '../backend/read.ts'
import { fail } from '../errors.ts'
import type { Answer, Context, Failure, GatewayRequest, Made, Outcome } from '../types.ts'
import { createChecks } from './expression.ts'
import type { Value } from './values.ts'
import { createVariables, requestVariables, responseVariables, toTime } from './variables.ts'

/** The handlers of both layers. */
type Send = (request: GatewayRequest, ctx: Context) => Promise<Outcome>

export interface Checks {
  /** Names of expressions. */
  before: readonly string[]
  after: readonly string[]
}
/** What a refusal says: of the request or of the answer, by the place of the expression. */
export type Refuse = (stage: keyof Checks, place: number) => Failure

export function createStage({ before, after }: Checks, made: Made, pathOf: (request: GatewayRequest) => string, refuse: Refuse): (next: Send) => Send {
  const first = createChecks(before, made)
  const last = createChecks(after, made)
  const askRequest = (request: GatewayRequest, now: () => Value): number => first(createVariables({ ...requestVariables(request, pathOf(request)), now }))
  const askAnswer = (outcome: Outcome, now: () => Value): Outcome => {
    const { answer, errors } = outcome
    // An error beside an answer keeps KrakenD from asking (security/RULES.md, validation/cel).
    if (errors.length) return outcome
    // No answer at all: KrakenD's check breaks, and the request with it.
    if (!answer) return fail(refuse('after', 0))
    const place = last(createVariables({ ...responseVariables(answer), now }))
    return place < 0 ? outcome : refused(answer, refuse('after', place))
  }
  return (next) => (request, ctx) => {
    // One time for both.
    const begin = made.platform.now()
    const now = (): Value => toTime(begin)
    const place = before.length ? askRequest(request, now) : -1
    if (place >= 0) return Promise.resolve(fail(refuse('before', place)))
    const outcome = next(request, ctx)
    return after.length ? outcome.then((given) => askAnswer(given, now)) : outcome
  }
}

function refused({ body }: Answer, failure: Failure): Outcome {
  if (body.kind === 'raw') discard(body.response)
  return fail(failure)
}
