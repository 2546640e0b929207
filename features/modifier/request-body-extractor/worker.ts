/** Fields of a request's body as headers or query strings: of all requests, or of an endpoint's that got in. */
import { createExtract, type ExtractOptions } from '../../../worker/extract.ts'
import type { CreateStage } from '../../../worker/types.ts'

export const route: CreateStage<'route', ExtractOptions> = createExtract
export const endpoint: CreateStage<'endpoint', ExtractOptions> = createExtract
