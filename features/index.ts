/** Every namespace that Cuttle has: one import line each. Used at build time only. */
import type { Feature } from '../compiler/feature.ts'
import clientCredentials from './auth/client-credentials/config.ts'
import circuitBreaker from './qos/circuit-breaker/config.ts'
import circuitBreakerOfStatuses from './qos/circuit-breaker/http/config.ts'
import httpCache from './qos/http-cache/config.ts'
import rateLimitOfBackends from './qos/ratelimit/proxy/config.ts'
import rateLimitOfEndpoints from './qos/ratelimit/router/config.ts'

export const features: readonly Feature[] = [rateLimitOfEndpoints, rateLimitOfBackends, circuitBreaker, circuitBreakerOfStatuses, httpCache, clientCredentials]
