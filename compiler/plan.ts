/** The plan: what a configuration means, in full. Plain JSON, no optional fields; `cuttle plan` prints it. */
import type { AgentPlan, EndpointPlan, ServiceOptions, Use } from '../worker/types.ts'

export interface Plan {
  /** Version of this form. */
  plan: 1
  name: string
  listen: { port: number; address: string }
  service: Omit<ServiceOptions, 'build'>
  clientIp: { use: Use | null; /** The configuration says which headers count: then they do on Cloudflare too. */ explicit: boolean }
  stages: readonly Use[]
  routed: readonly Use[]
  /** What finds endpoints that take all below a path; null: there are none. */
  wildcards: Use | null
  /** Work to do before the first request, as far as the platform lets it. */
  starts: readonly Use[]
  endpoints: readonly PlannedEndpoint[]
  agents: readonly AgentPlan[]
  /** How lines are logged; null: as they are. */
  log: Use | null
  /** Other ports of a node that runs by itself. */
  listeners: readonly Listener[]
  /** JavaScript expressions by name, and modules of the user's with their files: what JSON can't say (feature.ts). */
  code: { readonly [name: string]: Code }
  modules: { readonly [name: string]: string }
  /** What the platform has to bind. */
  bindings: { services: readonly string[]; tls: readonly TlsBinding[]; /** Names alone: their values are in no plan. */ secrets: readonly string[]; /** Texts that the environment may have. */ environment: readonly string[]; kv: readonly string[]; limits: LimitObjects; queues: QueueBindings; /** Of Analytics Engine: binding and dataset. */ datasets: readonly (readonly [binding: string, dataset: string])[] }
}

/** An expression, and the modules of the run time that it needs, by the names it has for them. */
export interface Code {
  expression: string
  modules: { readonly [name: string]: string }
}

/** Cloudflare Queues. */
export interface QueueBindings {
  producers: readonly { name: string; queue: string }[]
  consumers: readonly { queue: string; batch: number }[]
}

/** What counts for more than one isolate. */
export interface LimitObjects {
  /** The binding of Durable Objects; null: none are needed. */
  objects: string | null
  /** Cloudflare's rate limits. */
  rates: readonly { name: string; limit: number; periodSeconds: number }[]
}

/** A way to upstreams that presents a certificate, or trusts authorities of its own. Files are named as in the configuration. */
export interface TlsBinding {
  name: string
  caCerts: readonly string[]
  /** The authorities that the platform trusts count too. */
  systemCas: boolean
  certificate: { certificate: string; privateKey: string } | null
}

export interface PlannedEndpoint {
  method: string
  /** gin's spelling: `/users/:id`. */
  path: string
  /** The configuration's own spelling, or null for an endpoint that Cuttle adds. */
  written: string | null
  handler: EndpointPlan
}

export interface Listener {
  /** Of the socket in workerd's configuration. */
  name: string
  address: string
  port: number
  use: Use
}
