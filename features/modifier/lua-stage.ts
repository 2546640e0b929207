/** Options of the stages of modifier/lua-proxy and modifier/lua-backend. */
import { z } from 'zod'
import type { FeaturePlace } from '../../compiler/feature.ts'
import type { StageOptions } from '../../worker/lua/stage.ts'
import { maxBodyBytes, normaliseScript, scriptSchema } from './lua.ts'

export const stageSchema = scriptSchema.extend({ post: z.string().optional(), skip_next: z.boolean().optional() })

/** null: nothing to do. */
export function normaliseStage(raw: z.output<typeof stageSchema>, place: FeaturePlace): { stage: StageOptions; readsBody: boolean } | null {
  const script = normaliseScript(raw, place)
  if (!script) return null
  const hasPost = raw.post !== undefined
  const readsBody = script.mentions('body')
  const skipNext = raw.skip_next === true
  return { stage: { ...script.options, hasPost, skipNext, readsAnswer: hasPost && readsBody, doubles: place.doubles, maxBytes: maxBodyBytes(place) }, readsBody }
}
