/** The service → the plan. Pure and total: everything optional is decided here. */
import type { z } from 'zod'
import type { EchoOptions } from '../../worker/builtin/echo.ts'
import type { OptionsOptions } from '../../worker/builtin/options.ts'
import type { ClientIpOptions, RouterOptions, Use } from '../../worker/types.ts'
import { isBlock, withLength } from '../cidr.ts'
import type { Feature } from '../feature.ts'
import type { Source } from '../load/source.ts'
import type { Path, Report } from '../diagnostics.ts'
import { inOrder } from '../order.ts'
import { cleanHost, ginPath, isWildcard, SERVICE_HOST } from '../paths.ts'
import type { Listener, Plan, PlannedEndpoint } from '../plan.ts'
import { dnsSchema, jsonSchema, limitsSchema, type ProductBlock, productSchema, type RouterBlock, routerSchema } from '../schema/core.ts'
import { type Block, readBlock, renameOld, writtenName } from '../schema/namespaces.ts'
import type { Service } from '../schema/service.ts'
import { normaliseAgents } from './agents.ts'
import { normaliseEndpoint } from './endpoint.ts'
import type { Target } from '../emit/module.ts'
import { createFiles, type Environment, type Secrets } from './files.ts'
import { createDatasets } from './datasets.ts'
import { createLimitBindings } from './limits.ts'
import { createQueues } from './queues.ts'
import { ALONE, createScope, payloadUse, type Scope, use } from './scope.ts'
import { createTlsBindings } from './tls.ts'
import { VERSION } from '../version.ts'

const DEFAULT_TIMEOUT_MS = 2000
/** lura keeps its own where a shorter time is asked for. */
const MIN_DNS_MS = 1000
const DEFAULT_DNS_MS = 30_000
const DEFAULT_RESOLVER = 'https://cloudflare-dns.com/dns-query'
/** An isolate has 128 MB on Workers. */
const DEFAULT_BODY_BYTES = 16 * 1024 * 1024
/** KrakenD has none; a client that drips would hold the memory. */
const DEFAULT_READ_MS = 30_000

export function normaliseService(service: Service, features: readonly Feature[], source: Pick<Source, 'resolve'>, target: Target | null, report: Report): { plan: Plan; secrets: Secrets } {
  const extra = renameOld(service.extra_config)
  const router = routerOf(readBlock(extra, service.extra_config, 'router', routerSchema, 'key', [], report), ['extra_config', writtenName(service.extra_config, 'router')], report)
  const own = <S extends z.ZodRawShape>(name: string, schema: z.ZodObject<S>): Partial<z.infer<z.ZodObject<S>>> =>
    readBlock(extra, service.extra_config, name, schema, 'refuse', [], report)?.value ?? {}
  const product = own('cuttle/product', productSchema)
  const dns = own('cuttle/dns', dnsSchema)
  const json = own('cuttle/json', jsonSchema)
  const limits = own('cuttle/limits', limitsSchema)
  const maxBodyBytes = limits.max_buffered_body ?? DEFAULT_BODY_BYTES
  const tls = createTlsBindings(report)
  const { collected, secrets, asked, namespaces, ...files } = createFiles(source)
  const starts: Use[] = []
  const listen: Plan['listen'] = { port: service.port || 8080, address: service.listen_ip || '0.0.0.0' }
  const listeners: Listener[] = []
  const limitBindings = createLimitBindings()
  const datasets = createDatasets()
  const queues = createQueues()
  const scope: Scope = createScope(report, features, { ...files, serviceName: service.name ?? '', pluginFolder: pluginFolderOf(service), starts, listen, listeners, target, limits: limitBindings, sendsTo: queues.sendsTo, dataset: datasets.dataset }, {
    tls,
    clientTls: tls.nameOf(service.client_tls, ['client_tls']),
    hosts: (service.host ?? []).map((host) => (SERVICE_HOST.test(host) ? host : (cleanHost(host) ?? host))),
    timeoutMs: service.timeout || DEFAULT_TIMEOUT_MS,
    maxBodyBytes,
    requestBody: { bytes: maxBodyBytes, milliseconds: service.read_timeout || DEFAULT_READ_MS },
    dns: { ttlMs: service.dns_cache_ttl && service.dns_cache_ttl >= MIN_DNS_MS ? service.dns_cache_ttl : DEFAULT_DNS_MS, resolver: dns.resolver ?? DEFAULT_RESOLVER },
    canonical: json.canonical === true,
    gzip: service.disable_compression !== true,
    errorMessages: router.return_error_msg === true,
    nest: (endpoint, at, goesOn) => normaliseEndpoint(endpoint, service, at, { ...scope, goesOn }),
  })
  const contributed = scope.contribute({ place: 'service', extra, original: service.extra_config, at: [], parameters: [], placeholders: [], around: {}, pattern: null, hosts: [], ...ALONE })
  const endpoints = (service.endpoints ?? []).flatMap((endpoint, i) => normaliseEndpoint(endpoint, service, ['endpoints', i], { ...scope, guarded: contributed.guarded }) ?? [])
  const agents = normaliseAgents(service, scope, queues, target)
  const plan: Plan = {
    plan: 1,
    name: service.name ?? '',
    listen,
    service: serviceOptions(router, product),
    clientIp: clientIpOf(router, report),
    stages: inOrder('service', contributed.service),
    routed: inOrder('route', [...contributed.route, ...payloadUse(router.max_payload, scope.requestBody)]),
    wildcards: endpoints.some(({ path }) => isWildcard(path)) ? use('worker/wildcards', {}) : null,
    starts,
    agents,
    log: contributed.log,
    listeners,
    endpoints: [...builtIns(service, router, scope), ...endpoints, ...options(endpoints, router.auto_options === true, scope)],
    ...collected,
    bindings: { services: servicesOf(service), tls: tls.all, secrets: [...Object.keys(secrets), ...namesOf(asked, true)].toSorted(), environment: namesOf(asked, false), kv: [...namespaces].toSorted(), limits: limitBindings.all(), queues: queues.all(), datasets: datasets.all() },
  }
  return { plan, secrets }
}

/** KrakenD's `plugin` says where its plugins are, and which files are some: modules are named. */
function pluginFolderOf({ plugin }: Service): string {
  const { folder } = (typeof plugin === 'object' && plugin !== null ? plugin : {}) as { folder?: unknown }
  return typeof folder === 'string' && folder ? folder : './plugins'
}

const namesOf = (asked: Environment, required: boolean): string[] => [...asked].flatMap(([name, needed]) => (needed === required ? name : [])).toSorted()

/** One option of a wrong type switches off all but those that KrakenD reads apart (routing/RULES.md §4). */
function routerOf(block: Block<RouterBlock> | undefined, at: Path, report: Report): RouterBlock {
  if (!block) return {}
  const { value } = block
  if (!block.damaged) return value
  const { auto_options, error_body, disable_path_decoding, disable_health, health_path, disable_access_log } = value
  const kept = { auto_options, error_body, disable_path_decoding, disable_health, health_path, disable_access_log }
  const off = Object.keys(value).filter((key) => !(key in kept))
  if (off.length) report.warn(at, 'router-off', `one value of a wrong type switches off ${off.join(', ')} too`, off.includes('trusted_proxies') ? { opensDoor: true } : {})
  return kept
}

function serviceOptions(router: RouterBlock, product: ProductBlock): Plan['service'] {
  return {
    version: `Version ${router.hide_version_header ? 'undefined' : (product.version ?? VERSION)}`,
    product: product.user_agent ?? `Cuttle/${VERSION}`,
    router: routerOptions(router),
  }
}

function routerOptions(router: RouterBlock): RouterOptions {
  const body = (status: string): string | null => {
    const own = router.error_body?.[status]
    return own === undefined || own === null ? null : JSON.stringify(own)
  }
  return {
    trailingSlash: router.disable_redirect_trailing_slash !== true,
    fixedPath: router.disable_redirect_fixed_path !== true,
    methodNotAllowed: router.disable_handle_method_not_allowed !== true,
    removeExtraSlash: router.remove_extra_slash === true,
    checkParams: router.disable_path_decoding !== true,
    notFound: body('404'),
    notAllowed: body('405'),
  }
}

/** gin trusts every proxy unless told which; a bad entry ends the list there. */
function clientIpOf(router: RouterBlock, report: Report): Plan['clientIp'] {
  const at: Path = ['extra_config', 'router', 'trusted_proxies']
  const listed = router.trusted_proxies?.length ? router.trusted_proxies : null
  const bad = listed?.findIndex((block) => !isBlock(block)) ?? -1
  if (bad >= 0) report.warn([...at, bad], 'bad-address', `expected an IP address or a CIDR block, found "${listed![bad]}": the list ends here`, { opensDoor: true })
  const headers = router.remote_ip_headers?.length ? router.remote_ip_headers : ['X-Forwarded-For', 'X-Real-IP']
  const options: ClientIpOptions = { headers: headers.map((name) => name.toLowerCase()), trusted: listed && (bad < 0 ? listed : listed.slice(0, bad)).map(withLength) }
  const engine = router.app_engine === true
  if (engine) options.unchecked = 'x-appengine-remote-addr'
  if (router.forwarded_by_client_ip === false) options.headers = []
  const explicit = engine || router.remote_ip_headers !== undefined || router.trusted_proxies !== undefined
  return { use: options.headers.length || engine ? use(options.trusted ? 'worker/client-ip/trusted-proxies' : 'worker/client-ip/any-proxy', options) : null, explicit }
}

/** In the order in which gin's Any registers them; 405's Allow shows it. */
const ANY = ['GET', 'POST', 'PUT', 'PATCH', 'HEAD', 'OPTIONS', 'DELETE', 'CONNECT', 'TRACE']

/** Endpoints that KrakenD adds itself: they come first, and so does GET in 405's Allow. */
function builtIns(service: Service, router: RouterBlock, scope: Scope): PlannedEndpoint[] {
  const add = (method: string, path: string, respond: Use, outside: boolean): PlannedEndpoint => ({ method, path, written: null, handler: { outside, stages: [], respond, proxy: null } })
  return [
    ...(router.disable_health ? [] : [add('GET', healthPath(router), use('worker/builtin/health', {}), true)]),
    ...(service.debug_endpoint ? ANY.map((method) => add(method, '/__debug/*param', use('worker/builtin/debug', {}), false)) : []),
    ...(service.echo_endpoint ? ANY.map((method) => add(method, '/__echo/*param', use<EchoOptions>('worker/builtin/echo', { body: scope.requestBody }), false)) : []),
  ]
}

/** One OPTIONS a path, with its methods sorted: of every path with auto_options, otherwise where a feature answers preflights. */
function options(endpoints: readonly PlannedEndpoint[], everywhere: boolean, { preflights }: Scope): PlannedEndpoint[] {
  const methods = new Map<string, string[]>()
  for (const { path, method } of endpoints) if (method !== '*') methods.set(path, [...(methods.get(path) ?? []), method])
  return [...methods].filter(([path]) => everywhere || preflights.has(path)).map(([path, same]) => {
    const allow = same.toSorted().join(', ')
    const told = [...(preflights.get(path) ?? [])]
    const respond = told.length ? use(told[0]![1][0], { allow, methods: Object.fromEntries(told.map(([method, [, preflight]]) => [method, preflight])) }) : use<OptionsOptions>('worker/builtin/options', { allow })
    return { method: 'OPTIONS', path, written: null, handler: { outside: false, stages: [], respond, proxy: null } }
  })
}

export function healthPath(router: { health_path?: string | undefined }): string {
  return ginPath(`/${router.health_path || '__health'}`, [])
}

/** Names of the service bindings that hosts ask for. */
function servicesOf(service: Service): string[] {
  const hosts = [service.host, ...(service.endpoints ?? []).flatMap((endpoint) => (endpoint.backend ?? []).map((backend) => backend.host))]
  const names = hosts.flatMap((list) => list ?? []).map((host) => SERVICE_HOST.exec(host)?.[1])
  return [...new Set(names.filter((name) => name !== undefined))].toSorted()
}
