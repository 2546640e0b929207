/** Shadow backends: a pipeline of their own, begun with the regular one, whose answers nobody sees (proxy/RULES.md §8). */
import { fail, toFailure } from '../errors.ts'
import { bufferBody } from '../merge/body.ts'
import { discard } from '../backend/read.ts'
import type { Context, CreateStage, GatewayRequest, Handler, ProxyPlan } from '../types.ts'

export interface ShadowOptions {
  pipeline: ProxyPlan
  timeoutMs: number
  /** The client's body is sent twice, so it has to be read first: at most so many bytes. */
  bufferBytes: number
}

export const proxy: CreateStage<'proxy', ShadowOptions> = (options, { pipeline, platform }) => {
  const shadow = pipeline(options.pipeline)
  return (next) => async (request, ctx) => {
    try {
      const shared = await bufferBody(request, options.bufferBytes)
      const copy = { ...shared, headers: new Map(shared.headers), params: new Map(shared.params) }
      ctx.waitUntil(send(shadow, copy, { ...ctx, deadline: platform.startDeadline(options.timeoutMs) }))
      return await next(shared, ctx)
    } catch (error) {
      return fail(toFailure(error, ctx.deadline))
    }
  }
}

async function send(shadow: Handler<'proxy'>, request: GatewayRequest, ctx: Context): Promise<void> {
  const { answer } = await shadow(request, ctx)
  ctx.deadline.clear()
  if (answer?.body.kind === 'raw') discard(answer.body.response)
}
