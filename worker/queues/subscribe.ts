/** One message a request: decoded as the backend says, and acknowledged once it is (transform/RULES.md §5). */
import { inTurn } from '../backend/turn.ts'
import { fail, succeed, toFailure, told } from '../errors.ts'
import type { CreateTake } from './message.ts'
import type { Answer, Context, CreateTransport, Json } from '../types.ts'

export interface SubscribeOptions {
  /** Names what takes: made.code gives its CreateTake. */
  take: string
  options: Json
}

const NOTHING: Answer = { status: 0, headers: null, complete: true, body: { kind: 'data', value: null } }

export const subscribe: CreateTransport<SubscribeOptions> = ({ take: name, options }, made, _client, decode) => {
  const take = (made.code(name) as CreateTake<Json>)(options, made)
  const receive = async (ctx: Context): Promise<Answer> => {
    const { body, acknowledge } = await take(ctx).finally(() => ctx.slots?.free())
    const answer = body.length ? await decode(new Response(body), ctx) : NOTHING
    ctx.waitUntil(acknowledge().catch((error: unknown) => made.platform.log('warning', `${made.site.method} ${made.site.path}: a message could not be acknowledged: ${told(toFailure(error))}`)))
    return answer
  }
  return inTurn(async (_request, ctx) => {
    try {
      return succeed(await receive(ctx))
    } catch (error) {
      return fail(toFailure(error, ctx.deadline))
    }
  })
}
