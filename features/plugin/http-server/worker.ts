/** KrakenD's server plugins, and the user's own: they stand around everything but CORS. */
import { pipe } from '../../../worker/pipeline.ts'
import type { CreateStage, Json } from '../../../worker/types.ts'

export interface Options {
  /** Names of what makes a stage, and its options. The first is the outermost. */
  stages: readonly (readonly [code: string, options: Json])[]
}

export const service: CreateStage<'service', Options> = ({ stages }, made) => {
  const all = stages.map(([code, options]) => (made.code(code) as CreateStage<'service', Json>)(options, made))
  return (next) => pipe(all, next)
}
