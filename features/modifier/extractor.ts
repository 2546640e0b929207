/** What is taken out of a request's body, and where it is put. */
import { z } from 'zod'
import { nearest } from '../../compiler/diagnostics.ts'
import type { FeaturePlace } from '../../compiler/feature.ts'
import type { ExtractOptions, Operation } from '../../worker/extract.ts'
import { problemOf } from './expression.ts'

export const extractorSchema = z.object({ operations: z.array(z.looseObject({ type: z.string(), strategy: z.string(), expression: z.string(), target: z.string(), on_conflict: z.string().optional() })).optional() })
type Written = NonNullable<z.infer<typeof extractorSchema>['operations']>[number]

/** null: nothing is taken. */
export function extractorOf({ operations = [] }: z.infer<typeof extractorSchema>, place: FeaturePlace): ExtractOptions | null {
  const read = operations.flatMap((operation, i) => readOperation(operation, i, place) ?? [])
  return read.length ? { operations: read, body: place.requestBody } : null
}

const DESTINATIONS = ['header', 'query_string'] as const
const STRATEGIES = ['dotnotation', 'jmespath'] as const
const CONFLICTS = ['skip', 'replace', 'append'] as const

function readOperation({ type, strategy, expression, target, on_conflict: conflict = 'skip' }: Written, i: number, place: FeaturePlace): Operation | null {
  const off = (key: string, message: string, suggestion?: string): null => {
    place.report.warn([...place.at, 'operations', i, key], 'bad-operation', `${message}: it does nothing`, { opensDoor: true, ...(suggestion && { suggestion }) })
    return null
  }
  const word = <W extends string>(key: string, written: string, words: readonly W[]): W | null => words.find((known) => known === written) ?? off(key, `expected ${words.join(', ')}, found "${written}"`, nearest(written, words))
  const to = word('type', type, DESTINATIONS)
  const by = word('strategy', strategy, STRATEGIES)
  const onConflict = word('on_conflict', conflict, CONFLICTS)
  if (!to || !by || !onConflict) return null
  if (to === 'header' && !/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(target)) return off('target', `expected the name of a header, found "${target}"`)
  if (by === 'dotnotation') return { to, target, from: expression.split('.'), onConflict }
  const problem = problemOf(expression)
  if (problem !== null) return off('expression', `expected a JMESPath expression: ${problem}`)
  return { to, target, from: place.code(`() => j.createSearch(${JSON.stringify(expression)})`, { j: 'worker/shape/jmespath' }), onConflict }
}
