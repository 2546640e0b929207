/** Every namespace that Cuttle has: one import line each. Used at build time only. */
import type { Feature } from '../compiler/feature.ts'
import validator from './auth/validator/config.ts'
import graphql from './backend/graphql/config.ts'
import lambda from './backend/lambda/config.ts'
import clientCredentials from './auth/client-credentials/config.ts'
import martian from './modifier/martian/config.ts'
import circuitBreaker from './qos/circuit-breaker/config.ts'
import circuitBreakerOfStatuses from './qos/circuit-breaker/http/config.ts'
import httpCache from './qos/http-cache/config.ts'
import rateLimitOfBackends from './qos/ratelimit/proxy/config.ts'
import rateLimitOfEndpoints from './qos/ratelimit/router/config.ts'
import serverPlugins from './plugin/http-server/config.ts'
import endpointPlugins from './plugin/req-resp-modifier/config.ts'
import botDetector from './security/bot-detector/config.ts'
import cors from './security/cors/config.ts'
import secureHeaders from './security/http/config.ts'

export const features: readonly Feature[] = [graphql, lambda, cors, secureHeaders, botDetector, validator, serverPlugins, endpointPlugins, martian, rateLimitOfEndpoints, rateLimitOfBackends, circuitBreaker, circuitBreakerOfStatuses, httpCache, clientCredentials]
