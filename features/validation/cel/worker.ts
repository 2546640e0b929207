/** Expressions that requests and answers must meet (security/RULES.md, validation/cel). Those about tokens are auth/validator's to ask. */
import { type Checks, createStage, type Refuse } from '../../../worker/cel/stages.ts'
import type { CreateStage } from '../../../worker/types.ts'

const refuse: Refuse = (_stage, place) => ({ kind: 'refused', message: `request aborted by evaluator #${place}` })

export const proxy: CreateStage<'proxy', Checks> = (checks, made) => createStage(checks, made, ({ incoming }) => incoming.path, refuse)
export const backend: CreateStage<'backend', Checks> = (checks, made) => createStage(checks, made, ({ path }) => path, refuse)
