/** What extra_config may hold, where, under which older names, and how a value of a wrong type is taken. */
import { z } from 'zod'
import { nearest, type Path, type Report, show } from '../diagnostics.ts'
import { homeOf, isFilter } from './homes.ts'
import './words.ts'

export type Place = 'service' | 'endpoint' | 'backend'
export type ExtraConfig = { readonly [namespace: string]: unknown }

/** Names of KrakenD 1.x, which 2.x still reads (krakend-ce, cmd/krakend-ce/main.go). */
const OLD_NAMES: ReadonlyMap<string, string> = new Map(Object.entries({
  'github_com/devopsfaith/krakend/transport/http/server/handler': 'plugin/http-server',
  'github.com/devopsfaith/krakend/transport/http/client/executor': 'plugin/http-client',
  'github.com/devopsfaith/krakend/proxy/plugin': 'plugin/req-resp-modifier',
  'github.com/devopsfaith/krakend/proxy': 'proxy',
  'github_com/luraproject/lura/router/gin': 'router',
  'github.com/devopsfaith/krakend-httpcache': 'qos/http-cache',
  'github.com/devopsfaith/krakend-circuitbreaker/gobreaker': 'qos/circuit-breaker',
  'github.com/devopsfaith/krakend-oauth2-clientcredentials': 'auth/client-credentials',
  'github.com/devopsfaith/krakend-jose/validator': 'auth/validator',
  'github.com/devopsfaith/krakend-jose/signer': 'auth/signer',
  'github_com/devopsfaith/bloomfilter': 'auth/revoker',
  'github_com/devopsfaith/krakend-botdetector': 'security/bot-detector',
  'github_com/devopsfaith/krakend-httpsecure': 'security/http',
  'github_com/devopsfaith/krakend-cors': 'security/cors',
  'github.com/devopsfaith/krakend-cel': 'validation/cel',
  'github.com/devopsfaith/krakend-jsonschema': 'validation/json-schema',
  'github.com/devopsfaith/krakend-amqp/agent': 'async/amqp',
  'github.com/devopsfaith/krakend-amqp/consume': 'backend/amqp/consumer',
  'github.com/devopsfaith/krakend-amqp/produce': 'backend/amqp/producer',
  'github.com/devopsfaith/krakend-lambda': 'backend/lambda',
  'github.com/devopsfaith/krakend-pubsub/publisher': 'backend/pubsub/publisher',
  'github.com/devopsfaith/krakend-pubsub/subscriber': 'backend/pubsub/subscriber',
  'github.com/devopsfaith/krakend/transport/http/client/graphql': 'backend/graphql',
  'github.com/devopsfaith/krakend/http': 'backend/http',
  'github_com/devopsfaith/krakend-gelf': 'telemetry/gelf',
  'github_com/devopsfaith/krakend-gologging': 'telemetry/logging',
  'github_com/devopsfaith/krakend-logstash': 'telemetry/logstash',
  'github_com/devopsfaith/krakend-metrics': 'telemetry/metrics',
  'github_com/letgoapp/krakend-influx': 'telemetry/influx',
  'github_com/devopsfaith/krakend-opencensus': 'telemetry/opencensus',
  'github.com/devopsfaith/krakend-lua/router': 'modifier/lua-endpoint',
  'github.com/devopsfaith/krakend-lua/proxy': 'modifier/lua-proxy',
  'github.com/devopsfaith/krakend-lua/proxy/backend': 'modifier/lua-backend',
  'github.com/devopsfaith/krakend-martian': 'modifier/martian',
}))

/** Names of KrakenD 1.x that 2.x reads no more (krakend-ratelimit v3). */
const GONE: ReadonlyMap<string, string> = new Map(Object.entries({
  'github.com/devopsfaith/krakend-ratelimit/juju/router': 'qos/ratelimit/router',
  'github.com/devopsfaith/krakend-ratelimit/juju/proxy': 'qos/ratelimit/proxy',
}))

/**
 * Namespaces that KrakenD (Community or Enterprise) reads. Those whose absence leaves a door open are marked: a check, a limit, a
 * filter or a rewriting of what a client may see.
 */
const MARKED: { readonly [place in Place]: readonly string[] } = {
  service: `ai/mcp !auth/api-keys !auth/basic !auth/revoker auth/validator documentation/openapi documentation/postman !governance/processors
    !governance/quota grpc !modifier/lua-endpoint modifier/request-body-extractor !modifier/response-headers !plugin/http-server
    !qos/ratelimit/service !qos/ratelimit/service/redis !qos/ratelimit/tiered redis router !security/bot-detector security/cors !security/http
    server/static-filesystem server/virtualhost telemetry/gelf telemetry/influx telemetry/logging telemetry/logstash telemetry/metrics
    telemetry/moesif telemetry/newrelic telemetry/opencensus telemetry/opentelemetry telemetry/opentelemetry-security
    cuttle/analytics cuttle/product cuttle/routes cuttle/dns cuttle/json cuttle/limits`.split(/\s+/),
  endpoint: `ai/mcp cuttle/group !auth/api-keys !auth/basic !auth/signer !auth/validator documentation/openapi documentation/postman !governance/quota
    modifier/jmespath !modifier/lua-endpoint !modifier/lua-proxy modifier/request-body-extractor modifier/request-body-extractor/early
    modifier/request-body-generator !modifier/response-body !modifier/response-body-generator !plugin/middleware !plugin/req-resp-modifier
    proxy !qos/ratelimit/router !qos/ratelimit/router/redis !qos/ratelimit/tiered !security/bot-detector security/cors !security/http
    !security/policies telemetry/opentelemetry !validation/cel !validation/json-schema !validation/response-json-schema websocket`.split(/\s+/),
  backend: `ai/llm auth/aws-sigv4 auth/client-credentials auth/gcp auth/ntlm backend/amqp/consumer backend/amqp/producer backend/conditional
    backend/graphql backend/grpc backend/http backend/http/client backend/lambda backend/pubsub/publisher backend/pubsub/subscriber
    backend/pubsub/publisher/kafka backend/pubsub/subscriber/kafka backend/soap backend/static-filesystem !governance/quota
    modifier/body-generator modifier/jmespath !modifier/lua-backend !modifier/martian modifier/request-body-generator !modifier/response-body
    !modifier/response-body-generator plugin/http-client !plugin/middleware !plugin/req-resp-modifier proxy !qos/circuit-breaker
    !qos/circuit-breaker/http qos/http-cache !qos/ratelimit/proxy !security/policies telemetry/logging telemetry/opentelemetry
    !validation/cel !validation/response-json-schema workflow`.split(/\s+/),
}

const known = (place: Place): ReadonlySet<string> => new Set(MARKED[place].map((name) => name.replace('!', '')))
const guarding = (place: Place): ReadonlySet<string> => new Set(MARKED[place].filter((name) => name.startsWith('!')).map((name) => name.slice(1)))
export const KNOWN: { readonly [place in Place]: ReadonlySet<string> } = { service: known('service'), endpoint: known('endpoint'), backend: known('backend') }
const GUARDS = { service: guarding('service'), endpoint: guarding('endpoint'), backend: guarding('backend') }

/** Under whichever of its names. */
export const isGuard = (written: string): boolean => Object.values(GUARDS).some((names) => names.has(OLD_NAMES.get(written) ?? written))

/** `an endpoint`, as findings have it; there is one service. */
export const onePlace = (place: Place): string => ({ service: 'the service', endpoint: 'an endpoint', backend: 'a backend' })[place]

const placesOf = (name: string): Place[] => (Object.keys(KNOWN) as Place[]).filter((place) => KNOWN[place].has(name))

/** What has the namespace in its extra_config. */
export function homeOfNamespace(written: string): string | undefined {
  const places = placesOf(OLD_NAMES.get(written) ?? written)
  return places.length ? `extra_config of ${places.map(onePlace).join(' or ')}` : undefined
}

/** Namespaces that concern nothing a client or an upstream could see: no word about them. */
const SILENT = new Set(['documentation/openapi', 'documentation/postman'])

/** What to have instead of namespaces that are not supported. */
const INSTEAD: { readonly [namespace: string]: string } = {
  'telemetry/opencensus': 'it is deprecated, and KrakenD 3 has none. telemetry/opentelemetry takes its place: its exporters.prometheus for prometheus, telemetry/influx for influxdb, and exporters.otlp with "use_http": true for the others, whose collectors take OTLP',
  'telemetry/newrelic': 'New Relic takes OTLP: telemetry/opentelemetry with exporters.otlp, and its api-key among the headers of telemetry/opentelemetry-security',
}

/** Gives each namespace its name of today, as KrakenD does. */
export function renameOld(extra: ExtraConfig | undefined): ExtraConfig {
  const renamed: { [namespace: string]: unknown } = {}
  for (const [name, value] of Object.entries(extra ?? {})) renamed[OLD_NAMES.get(name) ?? name] = value
  return renamed
}

/** The name under which the file has it, for findings. */
export function writtenName(extra: ExtraConfig | undefined, namespace: string): string {
  return Object.keys(extra ?? {}).find((name) => (OLD_NAMES.get(name) ?? name) === namespace) ?? namespace
}

/** Names what nothing here reads: unsupported, misplaced, or misspelled. */
export function reportUnread(extra: ExtraConfig | undefined, place: Place, supported: ReadonlySet<string>, path: Path, report: Report): void {
  for (const written of Object.keys(extra ?? {})) {
    const name = OLD_NAMES.get(written) ?? written
    if (supported.has(name) || SILENT.has(name) || /^[@$_#]/.test(name)) continue
    const at = [...path, 'extra_config', written]
    const elsewhere = placesOf(name)
    const door = elsewhere.some((other) => GUARDS[other].has(name)) ? { opensDoor: true as const } : {}
    if (KNOWN[place].has(name)) report.warn(at, 'not-supported', `${name} is not supported by this version of Cuttle: it does nothing${name in INSTEAD ? `; ${INSTEAD[name]}` : ''}`, door)
    else if (elsewhere.length) report.warn(at, 'misplaced', `${name} does nothing at ${onePlace(place)}: it belongs to ${elsewhere.map(onePlace).join(' or ')}`, door)
    else unknown(name, at, place, report)
  }
}

function unknown(name: string, at: Path, place: Place, report: Report): void {
  // The service's begin with github_com, all others with github.com.
  const suggestion = GONE.get(name) ?? nearest(name, KNOWN[place]) ?? OLD_NAMES.get(name.startsWith('github_') ? name.replace('_', '.') : name.replace('.', '_'))
  const door = suggestion !== undefined && isGuard(suggestion)
  const home = suggestion ? undefined : homeOf(name)
  if (home !== undefined) report.warn(at, 'misplaced', `${name} does nothing in extra_config: it belongs to ${home}`, isFilter(name) ? { opensDoor: true } : {})
  else report.warn(at, 'unknown-namespace', `${name} is no namespace that ${onePlace(place)} has: it does nothing`, { ...(suggestion && { suggestion }), ...(door && { opensDoor: true as const }) })
}

/** How a wrong type is taken: KrakenD takes that key as absent, or the whole block, or lets nobody in, or panics; Cuttle's own blocks are refused, unknown keys too. */
export type Mismatch = 'key' | 'block' | 'close' | 'panic' | 'refuse'

export interface Block<T> {
  value: T
  /** Something in it had a wrong type. */
  damaged: boolean
}

/**
 * Reads one namespace's block. Types are exact here, as KrakenD's own are; what doesn't fit is a warning, or an error in a block of
 * Cuttle's own. undefined: the block is absent, no object, or off.
 */
export function readBlock<S extends z.ZodRawShape>(extra: ExtraConfig, original: ExtraConfig | undefined, namespace: string, schema: z.ZodObject<S>, mismatch: Mismatch, path: Path, report: Report): Block<z.infer<z.ZodObject<S>>> | undefined {
  const written = extra[namespace] ?? (mismatch === 'close' && namespace in extra ? {} : undefined)
  if (written === undefined) return undefined
  const at = [...path, 'extra_config', writtenName(original, namespace)]
  if (typeof written !== 'object' || Array.isArray(written)) {
    if (mismatch === 'refuse') report.error(at, 'wrong-type', `expected an object, found ${show(written)}`)
    else if (mismatch === 'close') report.warn(at, 'wrong-type', `expected an object, found ${show(written)}: nobody gets in`)
    else report.warn(at, 'wrong-type', `expected an object, found ${show(written)}: ${namespace} is off`, { opensDoor: true })
    return mismatch === 'close' ? { value: schema.parse({}), damaged: true } : undefined
  }
  const known = Object.keys(schema.shape)
  // What KrakenD takes as a whole or not at all it reads by Go's JSON, to which `Roles` is `roles`.
  const raw = mismatch === 'block' || mismatch === 'close' ? foldKeys(written as ExtraConfig, known) : (written as ExtraConfig)
  reportUnknownKeys(raw, known, at, report, mismatch)
  reportMembers(schema.shape, raw, at, report, mismatch, mismatch === 'close' || isGuard(namespace))
  const result = schema.safeParse(raw, { reportInput: true })
  if (result.success) return { value: result.data, damaged: false }
  const damaged = new Set<PropertyKey>()
  for (const issue of result.error.issues) {
    damaged.add(issue.path[0]!)
    for (const { path: within, code, message, off, suggestion } of problemsIn(issue, schema)) {
      const where = [...at, ...within]
      if (mismatch === 'refuse' || mismatch === 'panic') {
        report.error(where, code, message, suggestion)
        continue
      }
      const effect = mismatch === 'block' ? `${namespace} is off` : mismatch === 'close' ? 'nobody gets in' : `${off} does nothing`
      report.warn(where, code, `${message}: ${effect}`, { ...(suggestion && { suggestion }), ...(isGuard(namespace) && mismatch !== 'close' && { opensDoor: true as const }) })
    }
  }
  const kept = Object.fromEntries(Object.entries(raw).filter(([key]) => !damaged.has(key)))
  const rest = schema.safeParse(kept)
  return rest.success ? { value: rest.data, damaged: true } : undefined
}

interface Problem {
  path: Path
  code: string
  message: string
  /** What counts as absent for it. */
  off: string
  suggestion?: string | undefined
}

/** A wrong type; or where nothing else is wrong with an object within a block, its unknown keys. */
function problemsIn(issue: z.core.$ZodIssue, schema: z.ZodType): Problem[] {
  const nested = issue.code === 'invalid_union' ? issue.errors.find(([first, second]) => first?.code === 'unrecognized_keys' && !second)?.[0] : issue
  const meant = issue.code === 'invalid_value' ? nearest(String(issue.input), issue.values.map(String)) : undefined
  if (nested?.code !== 'unrecognized_keys') return [{ path: issue.path as Path, code: 'wrong-type', message: issue.message, off: 'it', suggestion: meant }]
  const path = (nested === issue ? issue.path : [...issue.path, ...nested.path]) as Path
  const known = keysAt(schema, path)
  return nested.keys.map((key) => ({ path: [...path, key], code: 'unknown-key', message: `${key} is no key of ${String(path.at(-1))}`, off: String(path[0]), suggestion: nearest(key, known) }))
}

/** Keys of the objects that a schema has at a place. */
function keysAt(schema: z.ZodType, path: Path): readonly string[] {
  const { innerType, options, shape, element } = schema.def as { innerType?: z.ZodType; options?: readonly z.ZodType[]; shape?: z.ZodRawShape; element?: z.ZodType }
  const [first, ...rest] = path
  if (innerType) return keysAt(innerType, path)
  if (options) return options.flatMap((option) => keysAt(option, path))
  if (first === undefined) return Object.keys(shape ?? {})
  const next = (shape?.[first] as z.ZodType | undefined) ?? element
  return next ? keysAt(next, rest) : []
}

/** Keys in any letter case; one that is spelled exactly goes before. */
export function foldKeys(raw: ExtraConfig, known: readonly string[]): ExtraConfig {
  const names = new Map(known.map((name) => [name.toLowerCase(), name]))
  const nameOf = (key: string): string => {
    const name = names.get(key.toLowerCase())
    return name !== undefined && !Object.hasOwn(raw, name) ? name : key
  }
  return Object.fromEntries(Object.entries(raw).map(([key, value]) => [nameOf(key), value]))
}

/** Reads a namespace that has no object: what doesn't fit switches it off. */
export function readValue<T>(extra: ExtraConfig, original: ExtraConfig | undefined, namespace: string, schema: z.ZodType<T>, path: Path, report: Report): Block<T> | undefined {
  const result = schema.safeParse(extra[namespace])
  if (result.success) return { value: result.data, damaged: false }
  const at = [...path, 'extra_config', writtenName(original, namespace)]
  for (const issue of result.error.issues) report.warn([...at, ...(issue.path as Path)], 'wrong-type', `${issue.message}: ${namespace} is off`, isGuard(namespace) ? { opensDoor: true } : {})
  return undefined
}

/** Unknown keys of the objects within a block, as far as the schema takes them; where it does not, they are a problem of their own. */
function reportWithin(schema: z.ZodType, value: unknown, at: Path, report: Report, mismatch: Mismatch, guards: boolean): void {
  if (schema instanceof z.ZodOptional) return reportWithin(schema.unwrap() as z.ZodType, value, at, report, mismatch, guards)
  if (schema instanceof z.ZodArray && Array.isArray(value)) return value.forEach((item, i) => reportWithin(schema.element as z.ZodType, item, [...at, i], report, mismatch, guards))
  if (!(schema instanceof z.ZodObject) || typeof value !== 'object' || value === null) return
  if (!schema.def.catchall) reportUnknownKeys(value as ExtraConfig, Object.keys(schema.shape), at, report, mismatch, guards)
  reportMembers(schema.shape, value, at, report, mismatch, guards)
}

function reportMembers(shape: z.ZodRawShape, value: object, at: Path, report: Report, mismatch: Mismatch, guards: boolean): void {
  for (const [key, item] of Object.entries(value)) if (Object.hasOwn(shape, key)) reportWithin(shape[key] as z.ZodType, item, [...at, key], report, mismatch, guards)
}

/** `guards`: a misspelled key is a check, a limit or a filter that is not made. */
export function reportUnknownKeys(raw: ExtraConfig, known: readonly string[], at: Path, report: Report, mismatch: Mismatch = 'key', guards = mismatch === 'close' || isGuard(String(at.at(-1)))): void {
  for (const key of Object.keys(raw)) {
    if (known.includes(key) || /^[@$_#]/.test(key)) continue
    const suggestion = nearest(key, known)
    const block = String(at.findLast((part) => typeof part === 'string'))
    const message = `${key} is no key of ${block}`
    const home = suggestion ? undefined : homeOf(key)
    if (home !== undefined && mismatch !== 'refuse') report.warn([...at, key], 'misplaced', `${key} does nothing in ${block}: it belongs to ${home}`, isFilter(key) ? { opensDoor: true } : {})
    else if (mismatch === 'refuse') report.error([...at, key], 'unknown-key', message, suggestion)
    else report.warn([...at, key], 'unknown-key', `${message}: it does nothing`, suggestion ? { suggestion, ...(guards && { opensDoor: true as const }) } : {})
  }
}
