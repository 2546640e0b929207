/** Nodes of a cluster tell what they count, whether the configuration says so or not: the table reads it. */
import { inOrder } from '../order.ts'
import type { Plan } from '../plan.ts'
import { METRICS } from './nodes.ts'

const FEATURE = 'features/telemetry/opentelemetry'
const QUIET = { traces: false, sampleRate: 0, propagation: false, metricAttributes: [], traceAttributes: [], exporters: [] }

/** Each request is counted once, `skip_paths` or not: a path that answers without upstreams, such as /__echo/, stands there by default. */
export function withMetrics(plan: Plan): Plan {
  const own = plan.stages.find(([name]) => name === FEATURE)?.[1] as { resource: string[][] } | undefined
  const resource = own?.resource ?? [['service.name', plan.name || 'gateway']]
  const options = { ...QUIET, ...own, resource, metrics: true, skip: ['/__health'] }
  const stages = inOrder('service', [[FEATURE, options], ...plan.stages.filter(([name]) => name !== FEATURE)])
  if (plan.listeners.some(({ name }) => name === METRICS)) return { ...plan, stages }
  return { ...plan, stages, listeners: [...plan.listeners, { name: METRICS, address: '127.0.0.1', port: 0, use: [FEATURE, { resource }] }] }
}
