/** Answers as a JMESPath expression makes them: of a backend, or of an endpoint behind its merge. */
import { changeData } from '../../../worker/shape/change.ts'
import { createQuery } from '../../../worker/shape/jmespath.ts'
import type { CreateStage } from '../../../worker/types.ts'

export interface Options {
  expression: string
}

export const backend: CreateStage<'backend', Options> = ({ expression }) => {
  const change = changeData(createQuery(expression))
  return (next) => async (request, ctx) => change(await next(request, ctx))
}

export const proxy: CreateStage<'proxy', Options> = ({ expression }) => {
  const change = changeData(createQuery(expression))
  return (next) => async (request, ctx) => change(await next(request, ctx))
}
