/** JMESPath: the expression is parsed for each answer, which takes a few microseconds; nothing of it is evaluated as code. */
import jmespath from 'jmespath'
import { isObject } from '../json/data.ts'
import type { ChangeData } from './change.ts'

export const createSearch =
  (expression: string) =>
  (data: unknown): unknown =>
    jmespath.search(data, expression) as unknown

/** As KrakenD wraps what is no object: a list as `collection`, anything else as `content`. Nothing stays nothing. */
export const createQuery =
  (expression: string): ChangeData =>
  (data) => {
    const found = jmespath.search(data, expression) as unknown
    if (isObject(found)) return found
    if (found === null || found === undefined) return {}
    return Array.isArray(found) ? { collection: found } : { content: found }
  }
