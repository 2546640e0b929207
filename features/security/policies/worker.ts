/** Policies that requests and answers must meet (KrakenD Enterprise), with a refusal of the configuration's own words. */
import { type Checks, createStage, type Refuse } from '../../../worker/cel/stages.ts'
import type { CreateStage } from '../../../worker/types.ts'

interface Refusal {
  status: number
  body: string
  type: string
}
export interface Options {
  checks: Checks
  errors: { readonly [stage in keyof Checks]: Refusal }
}

const createRefuse = ({ errors }: Options): Refuse => (stage, place) => ({ kind: 'refused', message: `policy #${place} is not met`, ...errors[stage] })

export const proxy: CreateStage<'proxy', Options> = (options, made) => createStage(options.checks, made, ({ incoming }) => incoming.path, createRefuse(options))
export const backend: CreateStage<'backend', Options> = (options, made) => createStage(options.checks, made, ({ path }) => path, createRefuse(options))
