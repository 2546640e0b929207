/** Scripts around one backend: they see its own path and address, and its answer behind the filters. */
import { createStage, type StageOptions } from '../../../worker/lua/stage.ts'
import type { CreateStage } from '../../../worker/types.ts'

export const backend: CreateStage<'backend', StageOptions> = (options, made) => createStage(options, made, ({ path }) => path)
