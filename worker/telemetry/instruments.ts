/** What is measured: OpenTelemetry's HTTP semantic conventions, and KrakenD's own layers beside them (krakend-otel). */
import type { Instrument } from './registry.ts'

/** KrakenD's bounds, in seconds and bytes. */
const TIMES = [0.01, 0.02, 0.05, 0.075, 0.1, 0.125, 0.15, 0.175, 0.2, 0.25, 0.3, 0.35, 0.5, 0.75, 1, 1.5, 2, 3.5, 5, 10]
const SIZES = [128, 256, 512, 1024, 4096, 8192, 16384, 32768, 65536, 262144, 524288, 1048576, 4194304, 16777216, 67108864]

const times = (name: string, description: string): Instrument => ({ name, unit: 's', description, bounds: TIMES })
const sizes = (name: string, description: string): Instrument => ({ name, unit: 'By', description, bounds: SIZES })
const counts = (name: string, description: string): Instrument => ({ name, unit: '{request}', description, bounds: null })

export const SERVER_DURATION = times('http.server.request.duration', 'Duration of HTTP server requests')
export const SERVER_SIZE = sizes('http.server.response.body.size', 'Size of HTTP server response bodies, where their length is known')
export const PROXY_DURATION = times('krakend.proxy.duration', 'Duration of what an endpoint does behind its checks')
export const BACKEND_DURATION = times('krakend.backend.duration', 'Duration of a backend with all its stages')
export const CLIENT_DURATION = times('http.client.request.duration', 'Duration of HTTP client requests')
export const CLIENT_SIZE = sizes('http.client.response.body.size', 'Size of HTTP client response bodies, where their length is known')
export const CLIENT_STARTED = counts('http.client.request.started.count', 'Requests to upstreams')
export const CLIENT_FAILED = counts('http.client.request.failed.count', 'Requests to upstreams without an answer')
export const CLIENT_TIMED_OUT = counts('http.client.request.timedout.count', 'Requests to upstreams whose time was up')
export const DROPPED = counts('cuttle.telemetry.dropped', 'Spans and log records that no sink took')

const METHODS = new Set(['CONNECT', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'TRACE'])
/** Clients may send any word as a method. */
export const methodOf = (method: string): string => (METHODS.has(method) ? method : '_OTHER')

/** A body's length in bytes, if the answer says so, and says it once. */
export function lengthOf({ headers }: Response): number | null {
  const length = Number(headers.get('content-length') ?? Number.NaN)
  return Number.isNaN(length) ? null : length
}
