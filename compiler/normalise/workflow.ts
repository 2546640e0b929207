/** What stands in a backend like an endpoint of its own (KrakenD Enterprise's workflow): its pipeline. */
import type { RespondOptions } from '../../worker/endpoint.ts'
import type { Path } from '../diagnostics.ts'
import type { Nested } from '../feature.ts'
import { type ExtraConfig, writtenName } from '../schema/namespaces.ts'
import { type Endpoint, endpointSchema } from '../schema/service.ts'
import type { Parent } from './backend.ts'
import type { Scope } from './scope.ts'

/** Its backends are called by the backend's method, in the time that the endpoint around it has, unless it says otherwise. */
export function normaliseWorkflow(value: ExtraConfig, { method, timeoutMs }: Pick<Parent, 'method' | 'timeoutMs'>, ignoresErrors: boolean, at: Path, scope: Scope): Nested | null {
  const parsed = endpointSchema.safeParse(value)
  // check.ts has said so.
  if (!parsed.success) return null
  const endpoint: Endpoint = parsed.data
  const planned = scope.nest({ ...endpoint, method, timeout: endpoint.timeout || timeoutMs, output_encoding: endpoint.output_encoding || 'json' }, at, ignoresErrors)
  if (!planned?.handler.proxy) return null
  const { proxy, respond, stages } = planned.handler
  for (const [name] of stages) {
    const namespace = name.replace(/^features\//, '')
    scope.report.warn([...at, 'extra_config', writtenName(endpoint.extra_config, namespace)], 'misplaced', `${namespace} does nothing in a workflow: it belongs to the endpoint around it`, { opensDoor: true })
  }
  const { calls = 1 } = (proxy.merge[1] ?? {}) as { calls?: number }
  return { pipeline: proxy, timeoutMs: endpoint.timeout || null, readsBody: (respond[1] as unknown as RespondOptions).body !== null, calls }
}
