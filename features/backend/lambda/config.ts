import { z } from 'zod'
import { defineFeature } from '../../../compiler/feature.ts'
import { nearest } from '../../../compiler/diagnostics.ts'
import { titled } from '../../../compiler/paths.ts'
import type * as worker from './worker.ts'

export default defineFeature<typeof worker>()({
  namespace: 'backend/lambda',
  places: ['backend'],
  schema: z.object({
    function_name: z.string().optional(),
    function_param_name: z.string().optional(),
    region: z.string().optional(),
    endpoint: z.string().optional(),
    max_retries: z.number().optional(),
  }),
  mismatch: 'key',
  normalise(raw, { at, report, parameters, environment, doubles }) {
    const parameter = raw.function_param_name ?? 'function'
    const known = parameters.map(titled)
    if (raw.function_name === undefined && !known.includes(parameter)) {
      const suggestion = known.includes(titled(parameter)) ? titled(parameter) : nearest(parameter, known)
      report.warn([...at, 'function_param_name'], 'no-function', `expected a parameter of the endpoint, its first letter in upper case, found "${parameter}": every call fails`, suggestion ? { suggestion } : {})
    }
    if (raw.endpoint !== undefined && raw.region === undefined) report.warn([...at, 'endpoint'], 'no-effect', 'endpoint does nothing without region')
    if (raw.max_retries !== undefined) report.warn([...at, 'max_retries'], 'no-effect', 'max_retries does nothing: calls are tried four times, as KrakenD does with a JSON file')
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) environment(name, true)
    for (const name of ['AWS_SESSION_TOKEN', ...(raw.region === undefined ? ['AWS_REGION'] : [])]) environment(name, false)
    return {
      transport: { function: raw.function_name ?? null, parameter, region: raw.region ?? null, endpoint: endpointOf(raw.region, raw.endpoint), doubles },
      readsBody: true,
      decodes: 'json',
    }
  },
})

/** The SDK adds the scheme. */
function endpointOf(region: string | undefined, endpoint: string | undefined): string | null {
  if (region === undefined || !endpoint) return null
  return `${/^[a-z]+:\/\//i.test(endpoint) ? '' : 'https://'}${endpoint.replace(/\/+$/, '')}`
}
