import { z } from 'zod'
import { defineFeature, type FeaturePlace } from '../../../compiler/feature.ts'
import { compileRegexp } from '../../../compiler/regexp.ts'
import type { Change } from './worker.ts'
import type * as worker from './worker.ts'

const find = { field: z.string(), find: z.string() }
const modifierSchema = z.object({
  regexp: z.object({ ...find, replace: z.string() }).optional(),
  literal: z.object({ ...find, replace: z.string() }).optional(),
  trim: z.object(find).optional(),
  upper: z.object({ field: z.string() }).optional(),
  lower: z.object({ field: z.string() }).optional(),
})
const OPERATIONS = Object.keys(modifierSchema.shape).join(', ')

export default defineFeature<typeof worker>()({
  namespace: 'modifier/response-body',
  places: ['endpoint', 'backend'],
  schema: z.object({ modifiers: z.array(modifierSchema).optional() }),
  mismatch: 'block',
  normalise({ modifiers = [] }, place) {
    const changes = modifiers.flatMap((modifier, i) => changeOf(modifier, i, place) ?? [])
    return changes.length ? { [place.place === 'backend' ? 'backend' : 'proxy']: { changes } } : {}
  },
})

/** null: nothing to do, which is said. */
function changeOf({ regexp, literal, trim, upper, lower }: z.infer<typeof modifierSchema>, i: number, { at, report }: FeaturePlace): Change | null {
  const where = [...at, 'modifiers', i]
  if (literal) return literal.find === '' ? null : { do: 'literal', ...literal, field: fieldOf(literal.field) }
  if (trim) return { do: 'trim', ...trim, field: fieldOf(trim.field) }
  if (upper) return { do: 'upper', field: fieldOf(upper.field) }
  if (lower) return { do: 'lower', field: fieldOf(lower.field) }
  if (!regexp) {
    report.warn(where, 'unknown-modifier', `expected one of ${OPERATIONS}: it does nothing`, { opensDoor: true })
    return null
  }
  const compiled = compileRegexp(regexp.find)
  if ('program' in compiled) return { do: 'regexp', field: fieldOf(regexp.field), program: compiled.program, replace: regexp.replace }
  report.warn([...where, 'regexp', 'find'], 'bad-pattern', `${compiled.error}: it does nothing`, { opensDoor: true })
  return null
}

const fieldOf = (field: string): string[] => field.split('.')
