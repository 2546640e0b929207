/** Martian around the call: the request on its way out, the answer on its way back (transform/RULES.md §1). */
import { createAnswered, createSent, type Exchange, toRequest, toResponse } from '../../../worker/martian/exchange.ts'
import type { Step } from '../../../worker/martian/program.ts'
import { createChange } from '../../../worker/martian/steps.ts'
import type { CreateStage } from '../../../worker/types.ts'

export interface Options {
  request: Step | null
  response: Step | null
}

export const client: CreateStage<'client', Options> = (options, { platform: { toField } }) => {
  const change = options.request && createChange(options.request, toField)
  const changeBack = options.response && createChange(options.response, toField)
  return (next) => async (request, ctx) => {
    // Other backends of the endpoint hold the same map.
    const headers = new Map(request.headers)
    const exchange: Exchange = { request: createSent(request.url, headers), answer: null }
    change?.(exchange)
    const { skipped } = exchange.request
    const response = skipped ? new Response(null) : await next(change ? toRequest(request, exchange.request, headers) : request, ctx)
    if (!changeBack) return response
    exchange.answer = createAnswered(response)
    changeBack(exchange)
    return toResponse(response, exchange.answer)
  }
}
