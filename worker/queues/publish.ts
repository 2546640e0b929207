/** A request's body and headers as a message (transform/RULES.md §5). */
import { inTurn } from '../backend/turn.ts'
import { fail, succeed, toFailure } from '../errors.ts'
import { canonicalName } from '../header-name.ts'
import type { Answer, CreateTransport, Json } from '../types.ts'
import type { CreateSend } from './message.ts'

export interface PublishOptions {
  /** Names what sends: made.code gives its CreateSend. */
  send: string
  options: Json
}

/** Nothing to tell, but all of it. */
const done = (): Answer => ({ status: 0, headers: null, complete: true, body: { kind: 'data', value: {} } })
const EMPTY = new Uint8Array()

export const publish: CreateTransport<PublishOptions> = ({ send: name, options }, made) => {
  const send = (made.code(name) as CreateSend<Json>)(options, made)
  return inTurn(async ({ headers, body }, ctx) => {
    const metadata = new Map([...headers].map(([header, value]) => [canonicalName(header), value]))
    try {
      await send({ body: body instanceof Uint8Array ? body : EMPTY, metadata }, ctx).finally(() => ctx.slots?.free())
      return succeed(done())
    } catch (error) {
      return fail(toFailure(error, ctx.deadline))
    }
  })
}
