/** From plans to handlers: looks the modules up, makes their stages, and puts the layers into each other. */
import { pipe } from './pipeline.js';
/** Builds an endpoint's handler, once, on its first request. */
export function assembleEndpoint(plan, uses, platform, site) {
    const made = createMade(uses, platform, site);
    const proxy = plan.proxy ? made.pipeline(plan.proxy) : unreachable;
    return pipe(stages('endpoint', plan.stages, uses, made), find(uses, plan.respond, 'respond')(plan.respond[1], made, proxy));
}
const unreachable = () => Promise.reject(new Error('this endpoint has no proxy'));
/** Puts the service layer's stages, or the route layer's, around what is within. */
export function assembleLayer(layer, use, uses, platform, site, inner) {
    return pipe(stages(layer, use, uses, createMade(uses, platform, site)), inner);
}
function createMade(uses, platform, site) {
    const made = {
        platform,
        site,
        pipeline: (plan) => assembleProxy(plan, uses, made),
        render: (use) => find(uses, use, 'render')(use[1], made),
    };
    return made;
}
function assembleProxy(plan, uses, made) {
    const backends = plan.backends.map((backend, i) => assembleBackend(backend, uses, { ...made, site: { ...made.site, backend: i } }));
    return pipe(stages('proxy', plan.stages, uses, made), find(uses, plan.merge, 'merge')(plan.merge[1], made, backends));
}
function assembleBackend(plan, uses, made) {
    const client = pipe(stages('client', plan.client, uses, made), find(uses, plan.call, 'call')(plan.call[1], made));
    const decode = find(uses, plan.decode, 'decode')(plan.decode[1], made);
    const transport = find(uses, plan.transport, 'transport')(plan.transport[1], made, client, decode);
    return pipe(stages('backend', plan.stages, uses, made), transport);
}
function stages(layer, plan, uses, made) {
    return plan.map((use) => {
        const create = find(uses, use, layer);
        return create(use[1], made);
    });
}
function find(uses, [name], part) {
    const found = uses[name]?.[part];
    if (!found)
        throw new Error(`the plan uses ${part} of ${name}, which the module does not bring`);
    return found;
}
