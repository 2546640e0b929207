/** The configuration's own keys (KrakenD's schema 2.13 and 3.0); what stands in extra_config belongs to schema/namespaces. */
import { z } from 'zod'
import { anything, block, duration, flag, integer, keys, listOf, recordOf, text } from './loose.ts'

const texts = () => listOf(text().transform((value) => value ?? ''))
const extraConfig = () => recordOf(z.unknown())

export const backendSchema = keys({
  host: texts(),
  url_pattern: text(),
  method: text('a method such as "GET"'),
  encoding: text('an encoding such as "json"'),
  is_collection: flag(),
  target: text('a path such as "data.items"'),
  group: text(),
  allow: texts(),
  deny: texts(),
  mapping: recordOf(text().transform((value) => value ?? '')),
  input_headers: texts(),
  input_query_strings: texts(),
  disable_host_sanitize: flag(),
  sd: text(),
  sd_scheme: text(),
  extra_config: extraConfig(),
})

export const endpointSchema = keys({
  endpoint: text('a path such as "/users/{id}"'),
  method: text('a method such as "GET"'),
  backend: listOf(backendSchema, 'a list of backends'),
  timeout: duration(),
  cache_ttl: duration(),
  concurrent_calls: integer(),
  input_headers: texts(),
  input_query_strings: texts(),
  output_encoding: text('an encoding such as "json"'),
  extra_config: extraConfig(),
})

/** What takes messages of a queue and has backends do something with each. */
export const agentSchema = keys({
  name: text(),
  connection: block({ max_retries: integer(), backoff_strategy: text(), health_interval: duration() }),
  consumer: block({ topic: text(), timeout: duration(), workers: integer(), max_rate: anything() }),
  encoding: text(),
  backend: listOf(backendSchema, 'a list of backends'),
  extra_config: extraConfig(),
})

/** Keys of the listener and of connections: the platform owns those, so they are read and named, and do nothing. */
const platformKeys = {
  tls: block({
    disabled: flag(),
    public_key: text(),
    private_key: text(),
    keys: listOf(keys({ public_key: text(), private_key: text() })),
    ca_certs: texts(),
    min_version: text(),
    max_version: text(),
    curve_preferences: listOf(integer()),
    cipher_suites: listOf(integer()),
    prefer_server_cipher_suites: flag(),
    enable_mtls: flag(),
    disable_system_ca_pool: flag(),
  }),
  client_tls: anything(),
  allow_insecure_connections: flag(),
  use_h2c: flag(),
  read_timeout: duration(),
  read_header_timeout: duration(),
  write_timeout: duration(),
  idle_timeout: duration(),
  idle_connection_timeout: duration(),
  response_header_timeout: duration(),
  expect_continue_timeout: duration(),
  max_idle_connections: integer(),
  max_idle_connections_per_host: integer(),
  max_header_bytes: integer(),
  max_shutdown_wait_time: duration(),
  disable_keep_alives: flag(),
  disable_compression: flag(),
  dialer_timeout: duration(),
  dialer_fallback_delay: duration(),
  dialer_keep_alive: duration(),
  dns_cache_ttl: duration(),
  sequential_start: flag(),
  plugin: block({ folder: text(), pattern: text() }),
}
export const PLATFORM_KEYS: readonly string[] = Object.keys(platformKeys)

export const serviceSchema = keys({
  version: integer(),
  name: text(),
  port: integer('a port'),
  listen_ip: text('an IP address'),
  host: texts(),
  timeout: duration(),
  cache_ttl: duration(),
  output_encoding: text('an encoding such as "json"'),
  endpoints: listOf(endpointSchema, 'a list of endpoints'),
  async_agent: listOf(agentSchema, 'a list of agents'),
  extra_config: extraConfig(),
  disable_rest: flag(),
  debug_endpoint: flag(),
  echo_endpoint: flag(),
  ...platformKeys,
})

export const SERVICE_KEYS: readonly string[] = Object.keys((serviceSchema as unknown as { out: { shape: object } }).out.shape)

/** Every key may be missing: normalise/ decides what holds then. */
export type Service = Partial<z.infer<typeof serviceSchema>>
export type Agent = Partial<z.infer<typeof agentSchema>>
export type Endpoint = Partial<z.infer<typeof endpointSchema>>
export type Backend = Partial<z.infer<typeof backendSchema>>
