/** A call and its time: it waits for its turn where calls take turns (slots.ts), and is over when the request's time is up. */
import { LATE } from '../errors.ts'
import type { Context, GatewayRequest, Handler, Outcome } from '../types.ts'

/** `call` frees its turn, `ctx.slots`, once headers have come. */
export const inTurn =
  (call: (request: GatewayRequest, ctx: Context) => Promise<Outcome>): Handler<'backend'> =>
  (request, ctx) => {
    const turn = ctx.slots?.take()
    if (!turn) return ctx.deadline.race(call(request, ctx), LATE)
    return turn.then(() => {
      const own: Context = { ...ctx, deadline: ctx.deadline.renew() }
      return own.deadline.race(call(request, own), LATE).finally(() => own.deadline.clear())
    })
  }
