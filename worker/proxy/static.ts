/** proxy.static: members that are put over the answer where its strategy says so (proxy/RULES.md §7). */
import { dataOf, setMember, withDoubles } from '../json/data.ts'
import type { Answer, CreateStage, Json, JsonObject, Outcome } from '../types.ts'

export interface StaticOptions {
  data: { readonly [key: string]: Json }
  /** Expressions see its numbers, which are doubles. */
  doubles: boolean
  strategy: 'always' | 'success' | 'complete' | 'errored' | 'incomplete'
}

const APPLIES: { [S in StaticOptions['strategy']]: (outcome: Outcome) => boolean } = {
  always: () => true,
  success: ({ errors }) => errors.length === 0,
  complete: ({ answer, errors }) => errors.length === 0 && answer !== null && answer.complete,
  errored: ({ errors }) => errors.length > 0,
  incomplete: ({ answer }) => !answer?.complete,
}

export const proxy: CreateStage<'proxy', StaticOptions> = ({ data: given, strategy, doubles }) => {
  const data = doubles ? (withDoubles(given) as JsonObject) : given
  const applies = APPLIES[strategy]
  return (next) => async (request, ctx) => {
    const outcome = await next(request, ctx)
    return applies(outcome) ? { ...outcome, answer: cover(outcome.answer, data) } : outcome
  }
}

/** Without an answer the data becomes one. A no-op answer keeps its body, which data can't change, and is no longer without data. */
function cover(answer: Answer | null, data: JsonObject): Answer {
  if (answer?.body.kind === 'raw') return { ...answer, body: { ...answer.body, data: { ...answer.body.data, ...data } } }
  const value = { ...(answer ? dataOf(answer.body) : null) }
  for (const [key, item] of Object.entries(data)) setMember(value, key, item)
  return { status: answer?.status ?? 0, headers: answer?.headers ?? null, complete: answer?.complete ?? false, body: { kind: 'data', value } }
}
