/** 400 for a request whose body does not meet the schema (security/RULES.md, validation/json-schema). The body goes on byte for byte. */
import { fail } from '../../../worker/errors.ts'
import { checkBody, createValidator, type SchemaOptions } from '../../../worker/json-schema/body.ts'
import type { CreateStage } from '../../../worker/types.ts'

export const proxy: CreateStage<'proxy', SchemaOptions> = (options, made) => {
  const validate = createValidator(options, made)
  return (next) => (request, ctx) => {
    // readsBody has it read whole.
    const failure = checkBody(request.body as Uint8Array | null, validate)
    return failure ? Promise.resolve(fail(failure)) : next(request, ctx)
  }
}
