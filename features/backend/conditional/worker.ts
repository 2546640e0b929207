/** Backends that are called where a header or a policy says so (KrakenD Enterprise). One that is not has an empty answer, and no error. */
import { createChecks } from '../../../worker/cel/expression.ts'
import { createVariables, requestVariables, toTime } from '../../../worker/cel/variables.ts'
import type { Answer, CreateStage, GatewayRequest, Made, Outcome } from '../../../worker/types.ts'

/** A header that has a value, or the name of a policy; null is one that nobody meets. */
export type Condition = { header: string; value: string } | { policy: string | null }
export interface Options {
  conditions: readonly Condition[]
  /** The backend is called where none of them holds; else where one does. */
  otherwise: boolean
}

export const backend: CreateStage<'backend', Options> = ({ conditions, otherwise }, made) => {
  const tests = conditions.map((condition) => createTest(condition, made))
  return (next) => (request, ctx) => (tests.some((test) => test(request)) === otherwise ? Promise.resolve(SKIPPED) : next(request, ctx))
}

const NOTHING: Answer = { status: 0, headers: null, complete: true, body: { kind: 'json', pieces: [new TextEncoder().encode('{}')], members: 0, keys: [] } }
const SKIPPED: Outcome = { answer: NOTHING, errors: [] }

function createTest(condition: Condition, made: Made): (request: GatewayRequest) => boolean {
  if ('header' in condition) return ({ headers }) => headers.get(condition.header) === condition.value
  if (condition.policy === null) return () => false
  const check = createChecks([condition.policy], made)
  const now = () => toTime(made.platform.now())
  return (request) => check(createVariables({ ...requestVariables(request, request.incoming.path), now })) < 0
}
