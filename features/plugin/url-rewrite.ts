/** The Enterprise edition's url-rewrite: other names of endpoints. */
import { z } from 'zod'
import type { FeaturePlace } from '../../compiler/feature.ts'
import { compileRegexp } from '../../compiler/regexp.ts'
import type { RewriteOptions } from '../../worker/rewrite.ts'

export const urlRewriteSchema = z.object({ literal: z.record(z.string(), z.string()).optional(), regexp: z.array(z.array(z.string())).optional() })

export function urlRewriteOf({ literal = {}, regexp = [] }: z.infer<typeof urlRewriteSchema>, { at, report }: FeaturePlace): RewriteOptions {
  const patterns = regexp.flatMap(([pattern, to], i) => {
    const where = [...at, 'url-rewrite', 'regexp', i]
    if (pattern === undefined || to === undefined) {
      report.warn(where, 'wrong-type', 'expected a pattern and what takes its place, ["/old/(.*)", "/new/${1}"]: it does nothing')
      return []
    }
    const compiled = compileRegexp(pattern)
    if ('program' in compiled) return [{ pattern: compiled.program, to }]
    report.warn([...where, 0], 'bad-pattern', `${compiled.error}: it does nothing`)
    return []
  })
  return { literal, patterns }
}
