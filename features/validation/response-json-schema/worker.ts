/** Answers that do not meet the schema become errors (KrakenD Enterprise). What goes through unread, no-op, is not looked at. */
import { fail } from '../../../worker/errors.ts'
import { createValidator, type SchemaOptions } from '../../../worker/json-schema/body.ts'
import { describe } from '../../../worker/json-schema/message.ts'
import { dataOf } from '../../../worker/json/data.ts'
import type { Context, CreateStage, Failure, GatewayRequest, Made, Outcome } from '../../../worker/types.ts'

export interface Options {
  schema: SchemaOptions
  error: { status: number; body: string; type: string }
}

type Send = (request: GatewayRequest, ctx: Context) => Promise<Outcome>

const create = ({ schema, error }: Options, made: Made): ((next: Send) => Send) => {
  const validate = createValidator(schema, made)
  const refuse = (reason: string): Outcome => fail({ kind: 'refused', message: `the answer does not meet the schema: ${reason}`, ...error } satisfies Failure)
  return (next) => async (request, ctx) => {
    const outcome = await next(request, ctx)
    const { answer, errors } = outcome
    if (!answer || errors.length || answer.body.kind === 'raw') return outcome
    try {
      const found = validate(dataOf(answer.body))
      return found ? refuse(describe(found)) : outcome
    } catch (failure) {
      // A schema that refers to itself follows an answer as deep as the platform's stack goes.
      if (failure instanceof RangeError) return refuse('it is nested too deeply')
      throw failure
    }
  }
}

export const proxy: CreateStage<'proxy', Options> = create
export const backend: CreateStage<'backend', Options> = create
