/** Shadow backends: a pipeline of their own, begun with the regular one, whose answers nobody sees (proxy/RULES.md §8). */
import { discard } from '../backend/read.ts'
import type { Context, CreateStage, GatewayRequest, Handler, ProxyPlan } from '../types.ts'

export interface ShadowOptions {
  pipeline: ProxyPlan
  timeoutMs: number
}

export const proxy: CreateStage<'proxy', ShadowOptions> = (options, { pipeline, platform }) => {
  const shadow = pipeline(options.pipeline)
  return (next) => (request, ctx) => {
    const copy = { ...request, headers: new Map(request.headers), params: new Map(request.params) }
    ctx.waitUntil(send(shadow, copy, { ...ctx, deadline: platform.startDeadline(options.timeoutMs) }))
    return next(request, ctx)
  }
}

async function send(shadow: Handler<'proxy'>, request: GatewayRequest, ctx: Context): Promise<void> {
  const { answer } = await shadow(request, ctx)
  ctx.deadline.clear()
  if (answer?.body.kind === 'raw') discard(answer.body.response)
}
