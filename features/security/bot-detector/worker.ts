/** 403 for bots, by what they call themselves (security/RULES.md, security/bot-detector). */
import { createTest } from '../../../worker/regexp/automaton.ts'
import type { RegexpProgram } from '../../../worker/regexp/program.ts'
import type { CreateStage, Serve } from '../../../worker/types.ts'

export interface Options {
  allow: readonly string[]
  deny: readonly string[]
  patterns: readonly RegexpProgram[]
  emptyIsBot: boolean
}

const createDetector = (options: Options): ((next: Serve) => Serve) => {
  const allowed = new Set(options.allow)
  const denied = new Set(options.deny)
  const patterns = options.patterns.map(createTest)
  const isBot = (agent: string): boolean => {
    if (agent === '') return options.emptyIsBot
    return !allowed.has(agent) && (denied.has(agent) || patterns.some((found) => found(agent)))
  }
  return (next) => (incoming, ctx) => (isBot(incoming.headers.get('user-agent') ?? '') ? Promise.resolve(new Response(null, { status: 403 })) : next(incoming, ctx))
}

export const route: CreateStage<'route', Options> = createDetector
export const endpoint: CreateStage<'endpoint', Options> = createDetector
