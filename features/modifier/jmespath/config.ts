import { z } from 'zod'
import { defineFeature } from '../../../compiler/feature.ts'
import { problemOf } from '../expression.ts'
import type * as worker from './worker.ts'

export default defineFeature<typeof worker>()({
  namespace: 'modifier/jmespath',
  places: ['endpoint', 'backend'],
  schema: z.object({ expr: z.string().optional() }),
  mismatch: 'block',
  normalise({ expr = '' }, { at, report, place }) {
    const problem = problemOf(expr)
    if (problem !== null) {
      report.warn([...at, 'expr'], 'bad-expression', `expected a JMESPath expression: ${problem}. The answer stays as it is`, { opensDoor: true })
      return {}
    }
    return { [place === 'backend' ? 'backend' : 'proxy']: { expression: expr } }
  },
})
