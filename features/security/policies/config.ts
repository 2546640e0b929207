import { z } from 'zod'
import { compileExpression, type CompiledExpression, placeExpression } from '../../../compiler/cel/compile.ts'
import { MACROS } from '../../../compiler/cel/macros.ts'
import type { Path } from '../../../compiler/diagnostics.ts'
import { defineFeature, type FeaturePlace } from '../../../compiler/feature.ts'
import { normaliseRefusal, refusalSchema } from '../../../compiler/schema/refusal.ts'
import type * as worker from './worker.ts'

const group = z.object({ policies: z.array(z.string()).optional(), error: refusalSchema.optional() })

export default defineFeature<typeof worker>()({
  namespace: 'security/policies',
  places: ['endpoint', 'backend'],
  schema: z.object({ req: group.optional(), resp: group.optional(), jwt: group.optional(), auto_join_policies: z.boolean().optional(), debug: z.boolean().optional(), disable_macros: z.boolean().optional() }),
  mismatch: 'key',
  normalise(raw, place) {
    const compile = (part: 'req' | 'resp' | 'jwt'): CompiledExpression[] =>
      (raw[part]?.policies ?? []).map((policy, i) => compilePolicy(policy, raw.disable_macros === true, [...place.at, part, 'policies', i], place))
    const named = (policies: CompiledExpression[]): string[] => policies.flatMap((policy) => placeExpression(policy, place))
    const checks = { before: named(compile('req')), after: named(compile('resp')) }
    // auth/validator asks them (compiler/cel/token.ts).
    if (compile('jwt').length) reportUnasked([...place.at, 'jwt', 'policies'], place)
    if (raw.jwt?.error) place.report.warn([...place.at, 'jwt', 'error'], 'no-effect', 'a token that does not meet a policy is 401 without a body')
    if (!checks.before.length && !checks.after.length) return {}
    const options = { checks, errors: { before: normaliseRefusal(raw.req?.error), after: normaliseRefusal(raw.resp?.error) } }
    return place.place === 'endpoint' ? { proxy: options } : { backend: options }
  },
})

/** A policy that can't be asked is one that nobody meets. */
function compilePolicy(policy: string, plain: boolean, at: Path, { report }: FeaturePlace): CompiledExpression {
  const compiled = compileExpression(policy, plain ? undefined : MACROS)
  for (const { message } of compiled.problems) report.warn(at, 'bad-expression', `${message}: every request is refused`)
  return compiled.text === null ? NEVER : compiled
}
const NEVER: CompiledExpression = { text: '() => () => false', modules: {}, problems: [] }

function reportUnasked(at: Path, place: FeaturePlace): void {
  if (place.place === 'backend') place.report.warn(at, 'no-effect', 'policies about the token are asked at endpoints only', { opensDoor: true })
  else if (!place.around.endpoint?.['auth/validator']) place.report.warn(at, 'no-effect', 'without auth/validator at this endpoint there is no token: they are never asked', { opensDoor: true })
}
