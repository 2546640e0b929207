import { z } from 'zod'
import { compileExpression, placeExpression } from '../../../compiler/cel/compile.ts'
import { MACROS } from '../../../compiler/cel/macros.ts'
import { defineFeature, type FeaturePlace } from '../../../compiler/feature.ts'
import type * as worker from './worker.ts'

const NAMESPACE = 'backend/conditional'
const schema = z.object({ strategy: z.enum(['header', 'policy', 'fallback']).optional(), name: z.string().optional(), value: z.string().optional() })

export default defineFeature<typeof worker>()({
  namespace: NAMESPACE,
  places: ['backend'],
  schema,
  mismatch: 'block',
  normalise(raw, place) {
    const { report, at } = place
    if (!raw.strategy) {
      report.warn(at, 'no-strategy', 'expected a strategy, "header", "policy" or "fallback": the backend is always called')
      return {}
    }
    if (raw.strategy !== 'fallback') {
      reportProblems(raw, place)
      return { backend: { conditions: [toCondition(raw, place)], otherwise: false } }
    }
    const others = place.siblings.flatMap((extra) => schema.safeParse(extra[NAMESPACE]).data ?? [])
    if (others.some(({ strategy }) => strategy === 'fallback')) report.warn([...at, 'strategy'], 'two-fallbacks', 'expected one fallback an endpoint: all of them are called')
    const conditions = others.filter(({ strategy }) => strategy && strategy !== 'fallback').map((other) => toCondition(other, place))
    if (!conditions.length) report.warn([...at, 'strategy'], 'no-effect', 'there is no other conditional backend: the fallback is always called')
    return { backend: { conditions, otherwise: true } }
  },
})

/** A policy that can't be asked is one that nobody meets. */
function toCondition({ strategy, name = '', value = '' }: z.infer<typeof schema>, place: FeaturePlace): worker.Condition {
  if (strategy === 'header') return { header: name.toLowerCase(), value }
  const compiled = compileExpression(value, MACROS)
  return { policy: placeExpression(compiled, place)[0] ?? null }
}

function reportProblems({ strategy, name, value = '' }: z.infer<typeof schema>, { report, at }: FeaturePlace): void {
  if (strategy === 'header' && !name) report.warn([...at, 'name'], 'no-header', 'expected the name of a header: the backend is never called')
  if (strategy === 'policy') for (const { message } of compileExpression(value, MACROS).problems) report.warn([...at, 'value'], 'bad-expression', `${message}: the backend is never called`)
}
