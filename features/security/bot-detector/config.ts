import { z } from 'zod'
import { defineFeature } from '../../../compiler/feature.ts'
import { compileRegexp } from '../../../compiler/regexp.ts'
import type * as worker from './worker.ts'

const texts = () => z.array(z.string()).nullish()

export default defineFeature<typeof worker>()({
  namespace: 'security/bot-detector',
  places: ['service', 'endpoint'],
  schema: z.object({
    allow: texts(),
    deny: texts(),
    patterns: texts(),
    empty_user_agent_is_bot: z.boolean().nullish(),
    // A pattern takes less time than looking into a cache.
    cache_size: z.int().nonnegative().nullish(),
  }),
  mismatch: 'block',
  normalise(raw, { place, at, report }) {
    const patterns = (raw.patterns ?? []).map(compileRegexp)
    for (const [i, compiled] of patterns.entries()) {
      if ('error' in compiled) report.warn([...at, 'patterns', i], 'bad-pattern', `${compiled.error}: there is no detector here, as in KrakenD`, { opensDoor: true })
    }
    const programs = patterns.flatMap((compiled) => ('error' in compiled ? [] : [compiled.program]))
    if (programs.length < patterns.length) return {}
    const options: worker.Options = { allow: raw.allow ?? [], deny: raw.deny ?? [], patterns: programs, emptyIsBot: raw.empty_user_agent_is_bot === true }
    return place === 'service' ? { route: options } : { endpoint: options }
  },
})
