/** `check -d`: what a configuration says as it is understood, in KrakenD's words (transform/cli.jsonl). -dd and -ddd tell more. */
import { fromJson, print, sortedKeys, type Value } from '../worker/template/value.ts'
import { addressOf } from './normalise/endpoint.ts'
import { cleanHost, cleanPath, templateOf } from './paths.ts'
import { renameOld } from './schema/namespaces.ts'
import type { Backend, Endpoint, Service } from './schema/service.ts'

type Block = { readonly [key: string]: unknown }
type Lines = readonly (string | false | readonly string[])[]

const DEFAULT_PORT = 8080
const DEFAULT_TIMEOUT_MS = 2000
const DEFAULT_IDLE_CONNECTIONS = 250

/** Go's time.Duration as a text. */
export function goDuration(milliseconds: number): string {
  if (milliseconds === 0) return '0s'
  const away = Math.abs(milliseconds)
  const sign = milliseconds < 0 ? '-' : ''
  if (away < 1000) return `${sign}${away >= 1 ? `${round(away)}ms` : away >= 1e-3 ? `${round(away * 1e3)}µs` : `${round(away * 1e6)}ns`}`
  const [hours, minutes] = [Math.floor(away / 3_600_000), Math.floor((away % 3_600_000) / 60_000)]
  return `${sign}${hours ? `${hours}h` : ''}${hours || minutes ? `${minutes}m` : ''}${round((away % 60_000) / 1000)}s`
}
const round = (value: number): number => Number(value.toFixed(9))

const list = (items: readonly string[] | undefined): string => `[${(items ?? []).join(' ')}]`
const hosts = (names: readonly string[] | undefined, verbatim = false): string => list(names?.map((name) => (verbatim ? name : (cleanHost(name) ?? name))))
const value = (of: unknown): string => print(fromJson(of))

/** How much is told: `level` is how many d's, `indent` what one step is indented by. */
interface Form {
  level: number
  indent: string
}

const at = ({ indent }: Form, depth: number, lines: Lines): string[] => lines.flatMap((line) => (line === false ? [] : typeof line === 'string' ? [indent.repeat(depth) + line] : [...line]))

export function dump(service: Service, file: Block, level: number, indent: string): string {
  const form: Form = { level, indent }
  const agents = service.async_agent ?? []
  const lines = [
    'Global settings',
    ...settingLines(service, file, form),
    ...blockLines(service.extra_config, 'global', 0, true, form),
    `${service.endpoints?.length ?? 0} API endpoint(s):`,
    ...(service.endpoints ?? []).flatMap((endpoint) => endpointLines(endpoint, service, form)),
    `${agents.length} async agent(s):`,
    ...agents.flatMap(({ name }) => at(form, 1, [`- ${name ?? ''}`])),
  ]
  return `${lines.join('\n')}\n`
}

function settingLines(service: Service, file: Block, form: Form): string[] {
  const more = form.level > 1
  return at(form, 1, [
    `Name: ${service.name ?? ''}`,
    `Version: ${service.version ?? 0}`,
    `Address: ${service.listen_ip ?? ''}`,
    `Port: ${service.port || DEFAULT_PORT}`,
    more && `Default cache TTL: ${goDuration(service.cache_ttl ?? 0)}`,
    more && `Default timeout: ${goDuration(service.timeout || DEFAULT_TIMEOUT_MS)}`,
    `Default backend hosts: ${hosts(service.host)}`,
    form.level > 2 && at(form, 1, connectionLines(service, file)),
    more && at(form, 1, tlsLines(file.tls)),
    more && (file.plugin ? `Plugin: ${value(file.plugin)}` : 'No Plugin section defined'),
  ])
}

function tlsLines(block: unknown): string[] {
  if (typeof block !== 'object' || block === null) return ['No TLS section defined']
  const tls = block as Block
  return [
    `TLS Disabled: ${tls.disabled === true}`,
    `TLS Public key: ${value(tls.public_key ?? '')}`,
    `TLS Private key: ${value(tls.private_key ?? '')}`,
    `TLS Enable MTLS: ${tls.enable_mtls === true}`,
    `TLS Disable System CA Pool: ${tls.disable_system_ca_pool === true}`,
    `TLS Min version: ${value(tls.min_version ?? '')}`,
    `TLS Max version: ${value(tls.max_version ?? '')}`,
  ]
}

function endpointLines(endpoint: Endpoint, service: Service, form: Form): string[] {
  const more = form.level > 1
  const { method, path } = addressOf(endpoint, service)
  const calls = endpoint.concurrent_calls || 1
  const backends = endpoint.backend ?? []
  return at(form, 1, [
    `- ${method} ${path}`,
    `Timeout: ${goDuration(endpoint.timeout || service.timeout || DEFAULT_TIMEOUT_MS)}`,
    (more || Boolean(endpoint.input_query_strings?.length)) && `QueryString: ${list(endpoint.input_query_strings)}`,
    more && `CacheTTL: ${goDuration(endpoint.cache_ttl || service.cache_ttl || 0)}`,
    more && `Headers to pass: ${list(endpoint.input_headers)}`,
    more && `OutputEncoding: ${endpoint.output_encoding || service.output_encoding || 'json'}`,
    (more || calls > 1) && `Concurrent calls: ${calls}`,
    blockLines(endpoint.extra_config, 'endpoint', 1, more, form),
    `Connecting to ${backends.length} backend(s):`,
    backends.flatMap((backend) => backendLines(backend, endpoint, service, form)),
  ])
}

function backendLines(backend: Backend, endpoint: Endpoint, service: Service, form: Form): string[] {
  const more = form.level > 1
  return at(form, 2, [
    `[+] ${(backend.method || endpoint.method || 'GET').toUpperCase()} ${templateOf(cleanPath(backend.url_pattern ?? ''))}`,
    `Timeout: ${goDuration(endpoint.timeout || service.timeout || DEFAULT_TIMEOUT_MS)}`,
    `Hosts: ${hosts(backend.host?.length ? backend.host : service.host, backend.disable_host_sanitize)}`,
    more && `Concurrent calls: ${endpoint.concurrent_calls || 1}`,
    more && at(form, 2, shapeLines(backend)),
    blockLines(backend.extra_config, 'backend', 2, more, form),
    [''],
  ])
}

const shapeLines = (backend: Backend): string[] => [
  `Host sanitization disabled: ${backend.disable_host_sanitize === true}`,
  `Target: ${backend.target ?? ''}`,
  `Deny: ${list(backend.deny)}, Allow: ${list(backend.allow)}`,
  `Mapping: ${value(backend.mapping ?? {})}`,
  `Group: ${backend.group ?? ''}`,
  `Encoding: ${backend.encoding ?? ''}`,
  `Is collection: ${backend.is_collection === true}`,
  `SD: ${backend.sd ?? ''}`,
  `SD scheme: ${backend.sd_scheme || 'http'}`,
  `Headers to pass: ${list(backend.input_headers)}`,
  `Query strings to pass: ${list(backend.input_query_strings)}`,
]

function blockLines(extra: Block | undefined, what: string, depth: number, always: boolean, form: Form): readonly string[] {
  const named = fromJson(renameOld(extra)) as ReadonlyMap<string, Value>
  if (!named.size && !always) return []
  const members = (block: Value): string[] => (form.level > 1 && block instanceof Map ? sortedKeys(block).flatMap((key) => at(form, depth + 1, [`${key}: ${print(block.get(key))}`])) : [])
  return [...at(form, depth, [`${named.size} ${what} component configuration(s):`]), ...sortedKeys(named).flatMap((name) => [...at(form, depth, [`- ${name}`]), ...members(named.get(name))])]
}

const connectionLines = (service: Service, file: Block): string[] => [
  `Read timeout: ${goDuration(service.read_timeout ?? 0)}`,
  `Write timeout: ${goDuration(service.write_timeout ?? 0)}`,
  `Idle timeout: ${goDuration(service.idle_timeout ?? 0)}`,
  `Read header timeout: ${goDuration(service.read_header_timeout ?? 0)}`,
  `Idle connection timeout: ${goDuration(service.idle_connection_timeout ?? 0)}`,
  `Response header timeout: ${goDuration(service.response_header_timeout ?? 0)}`,
  `Expect continue timeout: ${goDuration(service.expect_continue_timeout ?? 0)}`,
  `Dialer timeout: ${goDuration(service.dialer_timeout ?? 0)}`,
  `Dialer fallback delay: ${goDuration(service.dialer_fallback_delay ?? 0)}`,
  `Dialer keep alive: ${goDuration(service.dialer_keep_alive ?? 0)}`,
  `Disable keep alives: ${service.disable_keep_alives === true}`,
  `Disable compression: ${service.disable_compression === true}`,
  `Max idle connections: ${service.max_idle_connections ?? 0}`,
  `Max idle connections per host: ${service.max_idle_connections_per_host || DEFAULT_IDLE_CONNECTIONS}`,
  `Sequential start: ${service.sequential_start === true}`,
  `Max header bytes: ${service.max_header_bytes ?? 0}`,
  `Echo endpoint enabled: ${service.echo_endpoint === true}`,
  `Default encoding strategy: ${service.output_encoding ?? ''}`,
  `Disable strict REST: ${service.disable_rest === true}`,
  `Run lura in debug mode: ${service.debug_endpoint === true}`,
  `Allow insecure connections: ${file.allow_insecure_connections === true}`,
  `UseH2C: ${file.use_h2c === true}`,
]
