/** `proxy.strategy: fallback`: the next backend is asked only if the one before failed. The time is shared out evenly, so that a slow one leaves some to the next. */
import type { Context, CreateMerge, Failure, GatewayRequest, Handler, Outcome, Platform } from '../types.ts'

export interface FallbackOptions {
  /** For all tries together. */
  timeoutMs: number
}

export const merge: CreateMerge<FallbackOptions> = ({ timeoutMs }, { platform }, backends) => {
  const share = timeoutMs / backends.length
  return (request, ctx) => tryEach(backends, request, ctx, platform, share)
}

async function tryEach(backends: readonly Handler<'backend'>[], request: GatewayRequest, ctx: Context, platform: Platform, share: number): Promise<Outcome> {
  const errors: Failure[] = []
  for (const backend of backends) {
    const deadline = platform.startDeadline(share)
    const outcome = await backend(request, { ...ctx, deadline })
    if (outcome.answer?.body.kind !== 'raw') deadline.clear()
    // Error details stand in for an error: the next one may do better.
    if (outcome.errors.length === 0 && outcome.answer?.complete) return outcome
    errors.push(...outcome.errors)
    if (backend === backends.at(-1) && outcome.answer) return outcome
  }
  return { answer: null, errors }
}
