/** KrakenD's modifiers of requests and answers, and the user's own. */
import type { CreateStage, Json } from '../../../worker/types.ts'

/** Their code is in the bundle where it is used: what a gateway has of plugins may be a filter of addresses alone. */
export interface Options {
  code: string
  options: Json
}
interface Modifiers {
  proxy: CreateStage<'proxy', Json>
  backend: CreateStage<'backend', Json>
}

export const endpoint: CreateStage<'endpoint', Options> = ({ code, options }, made) => (made.code(code) as CreateStage<'endpoint', Json>)(options, made)
export const proxy: CreateStage<'proxy', Options> = ({ code, options }, made) => (made.code(code) as Modifiers).proxy(options, made)
export const backend: CreateStage<'backend', Options> = ({ code, options }, made) => (made.code(code) as Modifiers).backend(options, made)
