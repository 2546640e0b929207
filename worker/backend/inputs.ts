/** `{input_headers.X-Tenant}` and `{input_query_strings.id}` in a url_pattern (KrakenD Enterprise): what the client sent, as parameters. */
import type { CreateStage } from '../types.ts'

export interface InputsOptions {
  inputs: readonly { parameter: string; from: 'headers' | 'query'; name: string }[]
}

export const backend: CreateStage<'backend', InputsOptions> = ({ inputs }) => (next) => (request, ctx) => {
  const params = new Map(request.params)
  for (const { parameter, from, name } of inputs) {
    const value = (from === 'headers' ? request.headers.get(name) : request.query.get(name)?.[0]) ?? ''
    // It stays within the path; prepare.ts refuses dots that would lead out of it.
    params.set(parameter, value.replace(/[?#%\\]/g, encodeURIComponent))
  }
  return next({ ...request, params }, ctx)
}
