/** KrakenD's audit: its rules, by their ids, severities and words (transform/RULES.md §7). */
import { addressOf } from './normalise/endpoint.ts'
import { renameOld } from './schema/namespaces.ts'
import type { Backend, Endpoint, Service } from './schema/service.ts'

export type Severity = 'CRITICAL' | 'HIGH' | 'MEDIUM' | 'LOW'
export const SEVERITIES: readonly Severity[] = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW']

export interface Recommendation {
  rule: string
  severity: Severity
  message: string
}

type Block = { readonly [key: string]: unknown }

/** What the rules ask about. Keys of the file that Cuttle has no use for count too. */
interface Subject {
  service: Service
  /** The file's own top level, by lower case keys. */
  top: Block
  extra: Block
  endpoints: readonly { endpoint: Endpoint; path: string; extra: Block; backends: readonly { backend: Backend; method: string; extra: Block }[] }[]
}

const blockOf = (value: unknown): Block => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Block) : {})
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : value === undefined || value === null ? [] : [value])
const has = (extra: Block, ...namespaces: readonly string[]): boolean => namespaces.some((namespace) => extra[namespace] !== undefined && extra[namespace] !== null)

/** Names of a block of plugins: KrakenD 2 has a list of texts or one, KrakenD 3 a list of objects. */
const plugins = (extra: Block, namespace: string): readonly unknown[] => {
  const { name, plugins: named } = blockOf(extra[namespace])
  return [...listOf(name), ...listOf(named).map((plugin) => blockOf(plugin).name)]
}

const allBackends = ({ endpoints }: Subject) => endpoints.flatMap(({ backends }) => backends)
const anywhere = (subject: Subject, test: (extra: Block) => boolean): boolean => subject.endpoints.some(({ extra }) => test(extra)) || allBackends(subject).some(({ extra }) => test(extra))
const serverPlugin = (name: string) => ({ extra }: Subject): boolean => plugins(extra, 'plugin/http-server').includes(name)
const clientPlugin = (name: string) => ({ endpoints }: Subject): boolean => endpoints.some(({ extra }) => plugins(extra, 'plugin/http-client').includes(name))
const modifierPlugin = (name: string) => (subject: Subject): boolean => anywhere(subject, (extra) => plugins(extra, 'plugin/req-resp-modifier').includes(name))
const slower = (seconds: number) => ({ endpoints, service }: Subject): boolean => endpoints.some(({ endpoint }) => (endpoint.timeout || service.timeout || 0) > seconds * 1000)
const lists = (key: 'input_headers' | 'input_query_strings') => ({ endpoints }: Subject): boolean => endpoints.some(({ endpoint }) => endpoint[key]?.includes('*'))

const exporters = ({ extra }: Subject, kind: 'otlp' | 'prometheus', off: string): number =>
  listOf(blockOf(blockOf(extra['telemetry/opentelemetry']).exporters)[kind]).filter((exporter) => blockOf(exporter)[off] !== true).length

const METRICS = ['telemetry/opencensus', 'telemetry/metrics', 'telemetry/newrelic', 'telemetry/ganalytics', 'telemetry/instana']
const metrics = (subject: Subject): number =>
  METRICS.filter((namespace) => has(subject.extra, namespace)).length + exporters(subject, 'otlp', 'disable_metrics') + exporters(subject, 'prometheus', 'disable_metrics')

const isLimited = (subject: Subject): boolean =>
  has(subject.extra, 'qos/ratelimit/router', 'qos/ratelimit/service') ||
  plugins(subject.extra, 'plugin/http-server').includes('redis-ratelimit') ||
  anywhere(subject, (extra) => has(extra, 'qos/ratelimit/proxy')) ||
  subject.endpoints.some(({ extra }) => has(extra, 'qos/ratelimit/router'))

const isUnbounded = (extra: Block): boolean => {
  const { max_items: items, max_size: size } = blockOf(extra['qos/http-cache'])
  return has(extra, 'qos/http-cache') && !(Number(items) > 0 && Number(size) > 0)
}

const isInsecure = (block: unknown): boolean => blockOf(block).allow_insecure_connections === true
const isRead = (method: string): boolean => method === 'GET' || method === 'HEAD'
const deprecated = (kind: string, name: string, instead: string): string => `Avoid using deprecated ${kind} ${name}. Please ${instead}`
const ee = (page: string): string => `visit https://www.krakend.io/docs/enterprise/${page}`

const RULES: readonly (readonly [rule: string, severity: Severity, message: string, applies: (subject: Subject) => boolean])[] = [
  ['1.1.1', 'HIGH', 'Implement more secure alternatives than Basic Auth to protect your data.', (s) => has(s.extra, 'auth/basic') || s.endpoints.some(({ extra }) => has(extra, 'auth/basic')) || serverPlugin('basic-auth')(s)],
  ['1.1.2', 'MEDIUM', 'Implement stateless authorization methods such as JWT to secure your endpoints as opposed to using API keys.', (s) => has(s.extra, 'auth/api-keys')],
  ['1.2.1', 'HIGH', 'Prioritize using JWT for endpoint authorization to ensure security.', (s) => !s.endpoints.some(({ extra }) => has(extra, 'auth/validator'))],
  ['2.1.1', 'HIGH', 'Only allow secure connections (avoid insecure_connections).', (s) => s.service.allow_insecure_connections === true || isInsecure(s.top.client_tls)],
  ['2.1.2', 'HIGH', 'Enable TLS or use a terminator in front of KrakenD.', (s) => !has(s.top, 'tls')],
  ['2.1.3', 'CRITICAL', 'TLS is configured but its disable flag prevents from using it.', (s) => s.service.tls?.disabled === true],
  ['2.1.7', 'HIGH', 'Enable HTTP security header checks (security/http).', (s) => !has(s.extra, 'security/http')],
  ['2.1.8', 'HIGH', 'Avoid clear text communication (h2c).', (s) => s.service.use_h2c === true || blockOf(s.extra.router).use_h2c === true],
  ['2.1.9', 'LOW', 'Establish secure connections in internal traffic (avoid insecure_connections internally)', (s) => allBackends(s).some(({ extra }) => isInsecure(blockOf(extra['backend/http/client']).client_tls))],
  ['2.2.1', 'MEDIUM', 'Hide the version banner in runtime.', (s) => blockOf(s.extra.router).hide_version_header !== true],
  ['2.2.2', 'HIGH', 'Enable CORS.', (s) => !has(s.extra, 'security/cors')],
  ['2.2.3', 'HIGH', 'Avoid passing all input headers to the backend.', lists('input_headers')],
  ['2.2.4', 'HIGH', 'Avoid passing all input query strings to the backend.', lists('input_query_strings')],
  ['2.2.5', 'LOW', 'Avoid exposing gRPC server without services declared.', (s) => has(blockOf(s.extra.grpc), 'server') && !listOf(blockOf(blockOf(s.extra.grpc).server).services).length],
  ['2.3.1', 'MEDIUM', 'Limit the amount of cacheable content.', (s) => allBackends(s).some(({ extra }) => isUnbounded(extra))],
  ['3.1.1', 'LOW', 'Enable a bot detector.', (s) => !has(s.extra, 'security/bot-detector')],
  ['3.1.2', 'HIGH', 'Implement a rate-limiting strategy and avoid having an All-You-Can-Eat API.', (s) => !isLimited(s)],
  ['3.1.3', 'HIGH', 'Protect your backends with a circuit breaker.', (s) => !anywhere(s, (extra) => has(extra, 'qos/circuit-breaker'))],
  ['3.3.1', 'LOW', 'Set timeouts to below 3 seconds for improved performance.', slower(3)],
  ['3.3.2', 'MEDIUM', 'Set timeouts to below 5 seconds for improved performance.', slower(5)],
  ['3.3.3', 'HIGH', 'Set timeouts to below 30 seconds for improved performance.', slower(30)],
  ['3.3.4', 'CRITICAL', 'Set timeouts to below 1 minute for improved performance.', slower(60)],
  ['4.1.1', 'MEDIUM', 'Implement a telemetry system for collecting metrics for monitoring and troubleshooting.', (s) => !has(s.extra, ...METRICS)],
  ['4.1.3', 'HIGH', 'Avoid duplicating telemetry options to prevent system overload.', (s) => metrics(s) > 1],
  ['4.2.1', 'MEDIUM', 'Implement a telemetry system for tracing for monitoring and troubleshooting.', (s) => !has(s.extra, 'telemetry/opencensus', 'telemetry/newrelic', 'telemetry/instana') && !exporters(s, 'otlp', 'disable_traces')],
  ['4.3.1', 'MEDIUM', 'Use the improved logging component for better log parsing.', (s) => !has(s.extra, 'telemetry/logging', 'telemetry/gelf', 'telemetry/logstash')],
  ['5.1.1', 'LOW', 'Follow a RESTful endpoint structure for improved readability and maintainability.', (s) => s.service.disable_rest === true],
  ['5.1.2', 'LOW', 'Disable the /__debug/ endpoint for added security.', (s) => s.service.debug_endpoint === true],
  ['5.1.3', 'LOW', 'Disable the /__echo/ endpoint for added security.', (s) => s.service.echo_endpoint === true],
  ['5.1.4', 'LOW', 'Declare explicit endpoints instead of using wildcards.', (s) => s.endpoints.some(({ path }) => path.endsWith('*'))],
  ['5.1.5', 'MEDIUM', 'Declare explicit endpoints instead of using /__catchall.', (s) => s.endpoints.some(({ path }) => path === '/__catchall')],
  ['5.1.6', 'MEDIUM', 'Avoid using multiple write methods in endpoint definitions.', (s) => s.endpoints.some(({ backends }) => backends.filter(({ method, extra }) => !isRead(method) || has(extra, 'backend/grpc')).length > 1)],
  ['5.1.7', 'MEDIUM', 'Avoid using sequential proxy.', (s) => s.endpoints.some(({ extra }) => blockOf(extra.proxy).sequential === true)],
  ['5.2.1', 'CRITICAL', 'Declare the backends of every endpoint.', (s) => s.endpoints.some(({ backends }) => !backends.length)],
  ['5.2.2', 'LOW', 'Benefit from the backend for frontend pattern capabilities.', (s) => s.endpoints.every(({ backends }) => backends.length <= 1)],
  ['5.2.3', 'LOW', 'Avoid coupling clients by overusing no-op encoding.', (s) => s.endpoints.every(({ endpoint }) => (endpoint.output_encoding || s.service.output_encoding) === 'no-op')],
  ['6.1.1', 'LOW', 'Avoid starting many asynchronous agents one after the other.', (s) => s.service.sequential_start === true && listOf(s.top.async_agent).length >= 10],
  ['7.1.1', 'HIGH', deprecated('plugin', 'virtualhost', `${ee('service-settings/virtual-hosts/#upgrading-from-the-old-plugin-before-v24')} to upgrade to the new virtualhost.`), serverPlugin('virtualhost')],
  ['7.1.2', 'HIGH', deprecated('plugin', 'static-filesystem', `${ee('endpoints/serve-static-content/#upgrading-from-the-old-plugin-before-v24')} to upgrade to the new static-filesystem.`), serverPlugin('static-filesystem')],
  ['7.1.3', 'HIGH', deprecated('plugin', 'basic-auth', 'move your configuration to the namespace auth/basic to use the new component. See: https://www.krakend.io/docs/enterprise/authentication/basic-authentication/ .'), serverPlugin('basic-auth')],
  ['7.1.4', 'HIGH', deprecated('plugin', 'wildcard', `${ee('endpoints/wildcard/#upgrading-from-the-old-wildcard-plugin-before-v23')} to upgrade to the new Wildcard.`), serverPlugin('wildcard')],
  ['7.1.5', 'HIGH', deprecated('plugin', 'http-proxy', `${ee('backends/http-proxy/')} to upgrade to the new options.`), clientPlugin('http-proxy')],
  ['7.1.6', 'HIGH', deprecated('plugin', 'static-filesystem', `${ee('endpoints/serve-static-content/')} to upgrade to the new static-filesystem.`), clientPlugin('static-filesystem')],
  ['7.1.7', 'HIGH', deprecated('plugin', 'no-redirect', `${ee('backends/client-redirect/#migration-from-old-plugin')} to upgrade to the new options.`), clientPlugin('no-redirect')],
  ['7.1.8', 'HIGH', deprecated('plugin', 'content-replacer', `${ee('endpoints/content-replacer/#migration-from-old-plugin')} to upgrade to the new options.`), modifierPlugin('content-replacer')],
  ['7.1.9', 'HIGH', deprecated('plugin', 'response-schema-validator', `${ee('endpoints/response-schema-validator/#migration-from-old-plugin')} to upgrade to the new options.`), modifierPlugin('response-schema-validator')],
  ['7.2.1', 'HIGH', deprecated('component', 'telemetry/ganalytics', 'visit https://www.krakend.io/docs/telemetry/opentelemetry/ to upgrade to OpenTelemetry'), (s) => has(s.extra, 'telemetry/ganalytics')],
  ['7.2.2', 'HIGH', deprecated('component', 'telemetry/instana', 'visit https://www.krakend.io/docs/telemetry/opentelemetry/ to upgrade to OpenTelemetry'), (s) => has(s.extra, 'telemetry/instana')],
  ['7.2.3', 'HIGH', deprecated('component', 'telemetry/opencensus', 'visit https://www.krakend.io/docs/telemetry/opencensus/#transition-from-opencensus to upgrade to OpenTelemetry'), (s) => has(s.extra, 'telemetry/opencensus')],
  ['7.2.4', 'HIGH', deprecated('component', 'telemetry/influx', 'visit https://www.krakend.io/docs/telemetry/influxdb/ to upgrade to OpenTelemetry'), (s) => has(s.extra, 'telemetry/influx')],
  ['7.3.1', 'MEDIUM', "Avoid using 'private_key' and 'public_key' and use the 'keys' array.", (s) => Boolean(s.service.tls?.public_key || s.service.tls?.private_key)],
]

/** In the order of the rules. `value` is what the file holds. */
export function audit(service: Service, value: unknown): Recommendation[] {
  const subject: Subject = {
    service,
    top: Object.fromEntries(Object.entries(blockOf(value)).map(([key, item]) => [key.toLowerCase(), item])),
    extra: renameOld(service.extra_config),
    endpoints: (service.endpoints ?? []).map((endpoint) => {
      const { method, written } = addressOf(endpoint, service)
      const backends = (endpoint.backend ?? []).map((backend) => ({ backend, method: (backend.method || method).toUpperCase(), extra: renameOld(backend.extra_config) }))
      return { endpoint, path: written, extra: renameOld(endpoint.extra_config), backends }
    }),
  }
  return RULES.filter(([, , , applies]) => applies(subject)).map(([rule, severity, message]) => ({ rule, severity, message }))
}
