/** The endpoint's flatmap_filter: over the merged answer, unless a backend failed (proxy/RULES.md §4). */
import { dataOf } from '../json/data.ts'
import { flatmap, type Operation } from '../shape/flatmap.ts'
import type { CreateStage } from '../types.ts'

export const proxy: CreateStage<'proxy', readonly Operation[]> = (operations) => {
  return (next) => async (request, ctx) => {
    const outcome = await next(request, ctx)
    const { answer } = outcome
    const data = answer && outcome.errors.length === 0 ? dataOf(answer.body) : null
    if (!data) return outcome
    return { ...outcome, answer: { ...answer!, body: { kind: 'data', value: flatmap(data, operations) } } }
  }
}
