/** Scripts around an endpoint's backends: they see the client's path, and the merged answer. */
import { createStage, type StageOptions } from '../../../worker/lua/stage.ts'
import type { CreateStage } from '../../../worker/types.ts'

export const proxy: CreateStage<'proxy', StageOptions> = (options, made) => createStage(options, made, ({ incoming }) => incoming.path)
