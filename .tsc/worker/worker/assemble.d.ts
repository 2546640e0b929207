import type { EndpointPlan, Handler, Platform, Site, Use, Uses } from './types.ts';
/** Builds an endpoint's handler, once, on its first request. */
export declare function assembleEndpoint(plan: EndpointPlan, uses: Uses, platform: Platform, site: Site): Handler<'endpoint'>;
/** Puts the service layer's stages, or the route layer's, around what is within. */
export declare function assembleLayer<L extends 'service' | 'route'>(layer: L, use: readonly Use[], uses: Uses, platform: Platform, site: Site, inner: Handler<L>): Handler<L>;
