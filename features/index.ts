/** Every namespace that Cuttle has: one import line each. Used at build time only. */
import type { Feature } from '../compiler/feature.ts'
import rateLimitOfBackends from './qos/ratelimit/proxy/config.ts'
import rateLimitOfEndpoints from './qos/ratelimit/router/config.ts'

export const features: readonly Feature[] = [rateLimitOfEndpoints, rateLimitOfBackends]
