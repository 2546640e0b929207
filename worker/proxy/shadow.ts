/** Shadow backends: a pipeline of their own, begun with the regular one, whose answers nobody sees (proxy/RULES.md §8). */
import { startDeadline } from '../deadline.ts'
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

export const proxy: CreateStage<'proxy', ShadowOptions> = (options, { pipeline }) => {
  const shadow = pipeline(options.pipeline)
  return (next) => async (request, ctx) => {
    try {
      const shared = await bufferBody(request, options.bufferBytes)
      const copy = { ...shared, headers: new Map(shared.headers), params: new Map(shared.params) }
      ctx.waitUntil(send(shadow, copy, ctx, options.timeoutMs))
      return await next(shared, ctx)
    } catch (error) {
      return fail(toFailure(error, ctx.signal))
    }
  }
}

async function send(shadow: Handler<'proxy'>, request: GatewayRequest, ctx: Context, timeoutMs: number): Promise<void> {
  const deadline = startDeadline(timeoutMs)
  const { answer } = await shadow(request, { ...ctx, signal: deadline.signal })
  deadline.clear()
  if (answer?.body.kind === 'raw') discard(answer.body.response)
}
