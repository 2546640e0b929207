/**
 * The order of the stages of each layer, outermost first: the one place that says what runs before what. Core stages and
 * features stand in the same lists. KrakenD's order: security/RULES.md "Order", proxy/RULES.md §1, transform/RULES.md §0.
 */
import type { Layer, Use } from '../worker/types.ts'

export const ORDER: { readonly [L in Layer]: readonly string[] } = {
  service: [
    // Counts what becomes of every request.
    'features/telemetry/opentelemetry',
    'features/telemetry/influx',
    'features/telemetry/gelf',
    'features/telemetry/logging',
    'features/cuttle/analytics',
    // Behind everything that gives an answer its headers.
    'features/modifier/response-headers',
    // Whatever becomes of a request, the page that made it may read it: 401, 404, 405 and 500 too.
    'features/security/cors',
    // KrakenD's server plugins stand around its router.
    'features/plugin/http-server',
    // Plugins see the path that was asked for; a rewritten one is looked up at its host.
    'features/server/virtualhost',
  ],
  route: [
    // Of 404 and 405 too; not of the health endpoint, which KrakenD registers before. A wrong host is refused first.
    'features/security/http',
    // The service's script may change what all the rest looks at (krakend-ce, router_engine.go).
    'features/modifier/lua-endpoint',
    'features/security/bot-detector',
    // What was refused above uses up no rate.
    'features/qos/ratelimit/service',
    // Nobody learns what there is and what isn't without a password.
    'features/auth/basic',
    // Bodies are looked at last.
    'worker/limit/payload',
    'features/modifier/request-body-extractor',
  ],
  endpoint: [
    // Around all that it measures.
    'features/telemetry/metrics',
    // As at the service: whatever becomes of a request, then hosts.
    'features/security/cors',
    'features/security/http',
    'features/plugin/req-resp-modifier',
    'worker/limit/payload',
    // A token may stand in the body.
    'features/modifier/request-body-extractor/early',
    // An endpoint's own list of bots; the service's allow list does not carry over.
    'features/security/bot-detector',
    // Who asks is known before any rate is used up; claims and roles may be what the limits tell clients by.
    'features/auth/basic',
    'features/auth/api-keys',
    'features/auth/validator',
    // Without a key to sign with nothing is worth asking for.
    'features/auth/signer',
    // A script knows the claims, and may refuse before any rate is used up.
    'features/modifier/lua-endpoint',
    // Tiers and limits may tell clients by what is found.
    'features/modifier/request-body-extractor',
    // Limits are last before the handler, so that what was refused above uses up no rate. A client's plan comes first.
    'features/qos/ratelimit/tiered',
    'features/qos/ratelimit/router',
  ],
  proxy: [
    // Around all that it measures.
    'features/telemetry/opentelemetry',
    'features/telemetry/metrics',
    // Claims that no header can hold end the request before any of it is sent.
    'features/auth/validator',
    // What a script changes is what the rest looks at, and it sees the answer last.
    'features/modifier/lua-proxy',
    // What is refused here is sent to nobody, not to shadows either. Expressions come before the body is looked at.
    'features/security/policies',
    'features/validation/cel',
    'features/validation/json-schema',
    'features/validation/response-json-schema',
    // Templates are given what was checked, and the answer that the rest has made.
    'features/modifier/response-body-generator',
    'features/modifier/request-body-generator',
    // The answer is whole: texts are replaced in what a query has made of it.
    'features/modifier/response-body',
    'features/modifier/jmespath',
    // The copy is sent whatever becomes of the rest.
    'worker/proxy/shadow',
    // Static data covers what the merge and flatmap gave.
    'worker/proxy/static',
    // Within static data (lura, proxy/factory.go); middleware is around modifiers.
    'features/plugin/middleware',
    'features/plugin/req-resp-modifier',
    'worker/proxy/flatmap',
  ],
  backend: [
    // What is not called is not measured.
    'features/backend/conditional',
    // Around all that it measures.
    'features/telemetry/opentelemetry',
    'features/telemetry/metrics',
    // The pattern is filled with them.
    'worker/backend/inputs',
    // Hosts are known before one is chosen.
    'worker/backend/discover',
    'worker/backend/concurrent',
    // Each call chooses its own host, and what follows sees each call.
    'worker/backend/retry',
    'worker/backend/prepare',
    // The address is complete; what is sent to it is not.
    'features/backend/graphql',
    // A call that these refuse is none of the breaker's (lura, proxy/factory.go).
    'features/plugin/middleware',
    'features/plugin/req-resp-modifier',
    // Around the limit: a call that this refuses is a failure too.
    'features/qos/circuit-breaker',
    // A call that is refused here has chosen its host and changed nothing.
    'features/qos/ratelimit/proxy',
    // Outside of the expressions: those see what a script has changed; its answer is behind the filters.
    'features/modifier/lua-backend',
    // A refused call has used up the rate; answers are seen behind the filters.
    'features/security/policies',
    'features/validation/cel',
    'features/validation/response-json-schema',
    // Templates, as at an endpoint.
    'features/modifier/response-body-generator',
    'features/modifier/request-body-generator',
    'features/modifier/body-generator',
    // Behind the filters, as at an endpoint.
    'features/modifier/response-body',
    'features/modifier/jmespath',
    // Innermost: everything above sees the answer as the filters leave it.
    'worker/shape/data',
  ],
  client: [
    // Around all that it measures; what is told to the upstream of the trace is signed with the rest.
    'features/telemetry/opentelemetry',
    'features/cuttle/analytics',
    // Around all that belongs to the call: it changes what is sent and what came back.
    'features/modifier/martian',
    // A stored answer asks for no token and no breaker.
    'features/qos/http-cache',
    // A call that gets no token has failed.
    'features/qos/circuit-breaker/http',
    'features/auth/client-credentials',
    // Plugins see the call as it would be sent.
    'features/plugin/http-client',
  ],
}

/** Sorts what a plan uses. A name that no list has is a mistake of ours. */
export function inOrder(layer: Layer, uses: readonly Use[]): Use[] {
  const ranks = new Map(uses.map(([name]) => [name, ORDER[layer].indexOf(name)]))
  for (const [name, rank] of ranks) if (rank < 0) throw new Error(`compiler/order.ts does not say where ${name} stands in the layer ${layer}`)
  return uses.toSorted(([a], [b]) => ranks.get(a)! - ranks.get(b)!)
}
