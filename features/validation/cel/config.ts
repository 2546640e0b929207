import { z } from 'zod'
import { type CompiledExpression, compileExpression, placeExpression } from '../../../compiler/cel/compile.ts'
import { expressionsAbout, sourcesOf, switchesOff } from '../../../compiler/cel/token.ts'
import { defineFeature, type FeaturePlace } from '../../../compiler/feature.ts'
import type * as worker from './worker.ts'

export default defineFeature<typeof worker>()({
  namespace: 'validation/cel',
  places: ['endpoint', 'backend'],
  schema: z.array(z.object({ check_expr: z.string().nullish(), mod_expr: z.unknown().optional() }).nullable()),
  mismatch: 'block',
  normalise(raw, place) {
    const sources = sourcesOf(raw)
    const compiled = new Map(sources.map((source) => [source, compileExpression(source)]))
    for (const [i, source] of sources.entries()) reportExpression(i, source, compiled.get(source)!, place)
    const of = (letters: 'req' | 'resp'): CompiledExpression[] => expressionsAbout(sources, letters).map((source) => compiled.get(source)!)
    const [before, after] = [of('req'), of('resp')]
    // One that can't be read switches off both: KrakenD leaves the whole stage out.
    if (switchesOff([...before, ...after]) || !(before.length + after.length)) return {}
    const named = (expressions: CompiledExpression[]): string[] => expressions.flatMap((expression) => placeExpression(expression, place))
    const checks = { before: named(before), after: named(after) }
    return place.place === 'endpoint' ? { proxy: checks } : { backend: checks }
  },
})

function reportExpression(i: number, source: string, { problems }: CompiledExpression, place: FeaturePlace): void {
  const { report } = place
  const at = [...place.at, i, 'check_expr']
  if (source === '') return report.warn([...place.at, i], 'no-effect', 'expected a check_expr: nothing is checked', { opensDoor: true })
  const aboutToken = source.includes('JWT')
  const aboutTraffic = source.includes('req') || source.includes('resp')
  for (const { kind, message } of problems) {
    if (kind === 'syntax') report.warn(at, 'bad-expression', `${message}: ${aboutToken && !aboutTraffic ? 'no expression about the token' : 'no expression of this block'} is asked`, { opensDoor: true })
    else if (kind === 'type') report.warn(at, 'bad-expression', `${message}: this expression is not asked`, { opensDoor: true })
    else report.warn(at, 'never-true', `${message}: every request is refused`)
  }
  if (!aboutToken && !aboutTraffic) report.warn(at, 'no-effect', 'expected something about the request (req_…), the answer (resp_…) or the token (JWT): it is never asked', { opensDoor: true })
  else if (aboutToken && !aboutTraffic && place.place === 'backend') report.warn(at, 'no-effect', 'expressions about the token are asked at endpoints only', { opensDoor: true })
  else if (aboutToken && !aboutTraffic && !place.around.endpoint?.['auth/validator']) report.warn(at, 'no-effect', 'without auth/validator at this endpoint there is no token: it is never asked', { opensDoor: true })
}
