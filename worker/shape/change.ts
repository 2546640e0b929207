/** A change of an answer's data, at a backend or behind the merge. Bodies that go through untouched have none. */
import { fail, toFailure } from '../errors.ts'
import { dataOf } from '../json/data.ts'
import type { JsonObject, Outcome } from '../types.ts'

export type ChangeData = (data: JsonObject) => JsonObject

/** What a change throws fails the answer. */
export const changeData =
  (change: ChangeData) =>
  (outcome: Outcome): Outcome => {
    const { answer, errors } = outcome
    if (!answer || answer.body.kind === 'raw') return outcome
    const data = dataOf(answer.body)
    if (data === null) return outcome
    try {
      return { answer: { ...answer, body: { kind: 'data', value: change(data) } }, errors }
    } catch (error) {
      return fail(toFailure(error))
    }
  }
