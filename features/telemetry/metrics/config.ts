import { z } from 'zod'
import { defineFeature } from '../../../compiler/feature.ts'
import type * as worker from './worker.ts'

const schema = z.object({
  collection_time: z.string().optional(),
  proxy_disabled: z.boolean().optional(),
  router_disabled: z.boolean().optional(),
  backend_disabled: z.boolean().optional(),
  endpoint_disabled: z.boolean().optional(),
  listen_address: z.string().optional(),
})

export default defineFeature<typeof worker>()({
  namespace: 'telemetry/metrics',
  places: ['service', 'endpoint', 'backend'],
  inherits: true,
  schema,
  mismatch: 'key',
  normalise(raw, { place, at, report, target, pattern }) {
    if (place === 'endpoint') return { ...(raw.router_disabled ? {} : { endpoint: {} }), ...(raw.proxy_disabled ? {} : { proxy: {} }) }
    if (place === 'backend') return raw.backend_disabled ? {} : { backend: { name: pattern ?? '' } }
    if (raw.endpoint_disabled) return {}
    if (target === 'cloudflare') report.warn(at, 'no-effect', 'a Worker on Cloudflare has no port for /__stats: push with telemetry/opentelemetry, or use cuttle/analytics')
    const [, address = '', port] = /^(.*):(\d+)$/.exec(raw.listen_address ?? ':8090') ?? []
    if (port === undefined || !(Number(port) > 0 && Number(port) < 65_536)) {
      report.warn([...at, 'listen_address'], 'bad-address', `expected an address such as ":8090", found "${raw.listen_address}": /__stats is not served`)
      return {}
    }
    return { listen: [{ name: 'stats', address: address || '0.0.0.0', port: Number(port), at: [...at, 'listen_address'], options: {} }] }
  },
})
