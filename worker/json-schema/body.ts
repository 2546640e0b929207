/** A body as JSON Schema sees it, with the complaints of Go's decoder. */
import { parseData } from '../json/data.ts'
import { explainJson } from '../json/explain.ts'
import { MALFORMED, skipSpace, skipValue } from '../json/scan.ts'
import type { Failure, Made, Use } from '../types.ts'
import { describe } from './message.ts'
import type { CompiledSchema } from './schema.ts'
import { createValidate, type Formats, type Validate } from './validate.ts'
import { lenient } from '../utf8.ts'

export interface SchemaOptions {
  /** The name of the compiled schema. */
  schema: string
  /** The module that has the formats, where the schema asserts one. */
  formats: Use | null
}

export const createValidator = ({ schema, formats }: SchemaOptions, made: Made): Validate =>
  createValidate(made.code(schema) as CompiledSchema, formats ? (made.code(formats[0]) as Formats) : {})

/** Reads a whole text. Throws what Go says of one that is no JSON. */
export function parseBody(bytes: Uint8Array): unknown {
  let end: number
  try {
    end = skipSpace(bytes, skipValue(bytes, skipSpace(bytes, 0), { beyondAscii: false, loneSurrogate: false }))
  } catch (error) {
    if (error === MALFORMED) throw refusal(explainJson(bytes, false))
    throw error
  }
  if (end < bytes.length) throw refusal('invalid character after top-level value')
  return parseData(lenient.decode(bytes))
}

const refusal = (message: string): Failure => ({ kind: 'refused', message, status: 400 })
const EMPTY = refusal('could not validate an empty body')
const TOO_DEEP = refusal('the body is nested too deeply')

/** Why a body is refused, or null. */
export function checkBody(bytes: Uint8Array | null, validate: Validate): Failure | null {
  if (!bytes?.length) return EMPTY
  try {
    const found = validate(parseBody(bytes))
    return found && refusal(describe(found))
  } catch (error) {
    // A schema that refers to itself follows a body as deep as the platform's stack goes.
    if (error instanceof RangeError) return TOO_DEEP
    return error as Failure
  }
}
