/** From plans to handlers: looks the modules up, makes their stages, and puts the layers into each other. */
import { pipe } from './pipeline.ts'
import type { BackendPlan, CreateListen, EndpointPlan, Handler, Layer, Made, Module, Outside, Platform, ProxyPlan, Site, Stage, Use, Uses } from './types.ts'

type Part = keyof Module

/** Builds an endpoint's handler, once, on its first request. */
export function assembleEndpoint(plan: EndpointPlan, uses: Uses, platform: Platform, site: Site): Handler<'endpoint'> {
  const made = createMade(uses, platform, site)
  const proxy = plan.proxy ? made.pipeline(plan.proxy) : unreachable
  return pipe(stages('endpoint', plan.stages, uses, made), find(uses, plan.respond, 'respond')(plan.respond[1] as never, made, proxy))
}
const unreachable: Handler<'proxy'> = () => Promise.reject(new Error('this endpoint has no proxy'))

/** Puts the service layer's stages, or the route layer's, around what is within. */
export function assembleLayer<L extends 'service' | 'route'>(layer: L, use: readonly Use[], uses: Uses, platform: Platform, site: Site, inner: Handler<L>): Handler<L> {
  return pipe(stages(layer, use, uses, createMade(uses, platform, site)), inner)
}

/** What is to be done before requests need it, all at once. */
export function assembleStart(use: readonly Use[], uses: Uses, platform: Platform, site: Site): (ctx: Outside) => Promise<unknown> {
  const made = createMade(uses, platform, site)
  const starts = use.map((one) => find(uses, one, 'start')(one[1] as never, made))
  return (ctx) => Promise.all(starts.map((start) => start(ctx)))
}

/** What answers on a port of its own. */
export const assembleListener = (use: Use, uses: Uses, platform: Platform, site: Site): ReturnType<CreateListen<never>> => find(uses, use, 'listen')(use[1] as never, createMade(uses, platform, site))

function createMade(uses: Uses, platform: Platform, site: Site): Made {
  const made: Made = {
    platform,
    site,
    pipeline: (plan) => assembleProxy(plan, uses, made),
    render: (use) => find(uses, use, 'render')(use[1] as never, made),
    code: (name) => uses[name]?.code,
    answer: (use) => find(uses, use, 'answer')(use[1] as never, made),
    errorText: (use) => find(uses, use, 'errorText')(use[1] as never),
    limit: (use) => find(uses, use, 'limit')(use[1] as never, made),
  }
  return made
}

function assembleProxy(plan: ProxyPlan, uses: Uses, made: Made): Handler<'proxy'> {
  const backends = plan.backends.map((backend, i) => assembleBackend(backend, uses, { ...made, site: { ...made.site, backend: i } }))
  return pipe(stages('proxy', plan.stages, uses, made), find(uses, plan.merge, 'merge')(plan.merge[1] as never, made, backends))
}

function assembleBackend(plan: BackendPlan, uses: Uses, made: Made): Handler<'backend'> {
  const client = pipe(stages('client', plan.client, uses, made), find(uses, plan.call, 'call')(plan.call[1] as never, made))
  const decode = find(uses, plan.decode, 'decode')(plan.decode[1] as never, made)
  const transport = find(uses, plan.transport, 'transport')(plan.transport[1] as never, made, client, decode)
  return pipe(stages('backend', plan.stages, uses, made), transport)
}

function stages<L extends Layer>(layer: L, plan: readonly Use[], uses: Uses, made: Made): Stage<L>[] {
  return plan.map((use) => {
    const create = find(uses, use, layer) as unknown as (options: unknown, made: Made) => Stage<L>
    return create(use[1], made)
  })
}

function find<P extends Part>(uses: Uses, [name]: Use, part: P): NonNullable<Module[P]> {
  const found = uses[name]?.[part]
  if (!found) throw new Error(`the plan uses ${part} of ${name}, which the module does not bring`)
  return found
}
