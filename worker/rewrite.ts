/** Other names of paths: KrakenD Enterprise's url-rewrite. The query stays as it is. */
import { createFind } from './regexp/match.ts'
import type { RegexpProgram } from './regexp/program.ts'
import { createReplace } from './regexp/replace.ts'
import type { CreateStage } from './types.ts'

export interface RewriteOptions {
  literal: { readonly [from: string]: string }
  /** Asked in order, where no literal is the path. The first that is found in it counts. */
  patterns: readonly { pattern: RegexpProgram; to: string }[]
}

export const service: CreateStage<'service', RewriteOptions> = ({ literal, patterns }) => {
  const known = new Map(Object.entries(literal))
  const rules = patterns.map(({ pattern, to }) => ({ find: createFind(pattern), replace: createReplace(pattern, to) }))
  return (next) => (incoming, ctx) => {
    const { path } = incoming
    const rewritten = known.get(path) ?? rules.find(({ find }) => find(path))?.replace(path)
    if (rewritten !== undefined) incoming.path = rewritten
    return next(incoming, ctx)
  }
}
