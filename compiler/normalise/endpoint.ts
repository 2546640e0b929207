/** One endpoint → its part of the plan. */
import type { RespondOptions } from '../../worker/endpoint.ts'
import type { FallbackOptions } from '../../worker/merge/fallback.ts'
import type { ParallelOptions } from '../../worker/merge/parallel.ts'
import type { SequenceOptions, Taken } from '../../worker/merge/sequence.ts'
import type { ShadowOptions } from '../../worker/proxy/shadow.ts'
import type { StaticOptions } from '../../worker/proxy/static.ts'
import type { CanonicalOptions } from '../../worker/render/canonical.ts'
import type { NegotiateOptions } from '../../worker/render/negotiate.ts'
import type { WriterOptions } from '../../worker/render/writer.ts'
import type { EndpointPlan, ProxyPlan, Use } from '../../worker/types.ts'
import type { Path } from '../diagnostics.ts'
import { inOrder } from '../order.ts'
import { CATCH_ALL, cleanPath, ginPath, isWildcard, parametersOf, placeholdersOf, titled } from '../paths.ts'
import type { PlannedEndpoint } from '../plan.ts'
import { type EndpointProxyBlock, endpointProxySchema } from '../schema/core.ts'
import { type ExtraConfig, readBlock, renameOld } from '../schema/namespaces.ts'
import type { Endpoint, Service } from '../schema/service.ts'
import { type NormalisedBackend, namesOf, normaliseBackend } from './backend.ts'
import { ALONE, payloadUse, type Scope, use } from './scope.ts'
import { normaliseFlatmap } from './shape.ts'

/** Methods that KrakenD registers; endpoints of others are left out with a line in the log. */
export const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']
/** `*`: the catchall's. */
export const isServed = ({ method }: Address): boolean => method === '*' || METHODS.includes(method)

const readProxy = (endpoint: Endpoint, at: Path, scope: Scope): EndpointProxyBlock =>
  readBlock(renameOld(endpoint.extra_config), endpoint.extra_config, 'proxy', endpointProxySchema, 'key', at, scope.report)?.value ?? {}

/** null: KrakenD leaves the endpoint out. */
export function normaliseEndpoint(given: Endpoint, service: Service, at: Path, scope: Scope): PlannedEndpoint | null {
  const address = addressOf(given, service)
  const { method, path, written, parameters } = address
  if (!isServed(address)) return null
  const endpoint = method === '*' ? withoutFilters(given) : given
  const timeoutMs = endpoint.timeout || scope.timeoutMs
  const output = endpoint.output_encoding || service.output_encoding || 'json'
  const all = endpoint.backend ?? []
  const proxy = readProxy(endpoint, at, scope)
  const extra = renameOld(endpoint.extra_config)
  const around = { service: renameOld(service.extra_config) }
  const doubles = tellsDoubles(output, proxy, [extra, ...all.map((backend) => renameOld(backend.extra_config))])
  const parent = { doubles, around: { ...around, endpoint: extra }, method: method === '*' ? '' : method, below: isWildcard(path), timeoutMs, concurrentCalls: endpoint.concurrent_calls || 1, noOp: output === 'no-op', merged: false, parameters }
  const shadows = new Set(all.filter(isShadow))
  const merged = all.length - shadows.size > 1
  const placeholders = all.flatMap(({ url_pattern }) => placeholdersOf(cleanPath(url_pattern ?? '')))
  const contributed = scope.contribute({ place: 'endpoint', extra, original: endpoint.extra_config, at, parameters, placeholders, around, pattern: null, hosts: [], ...ALONE, doubles })
  const backends = all.map((backend, i) => normaliseBackend(backend, { ...parent, merged: merged || shadows.has(backend), siblings: all.filter((other) => other !== backend).map((other) => renameOld(other.extra_config)) }, [...at, 'backend', i], scope))
  const regular = backends.filter((backend) => backend.shadowMs === null)
  if (contributed.preflight) scope.preflights.set(path, new Map(scope.preflights.get(path)).set(method, contributed.preflight))
  if (!regular.length) return { method, path, written, handler: brokenPlan }

  // 85 % of the time is for the backends.
  const mergeMs = (timeoutMs * 85) / 100
  const pipeline = normaliseProxy(regular, proxy, mergeMs, scope.goesOn, [...contributed.proxy, ...staticUse(proxy, doubles), ...flatmapUse(regular, proxy, at, scope)])
  const shadow = backends.filter((backend) => backend.shadowMs !== null)
  const stages = shadow.length ? inOrder('proxy', [...pipeline.stages, shadowUse(shadow, proxy, mergeMs)]) : pipeline.stages
  const respond = use<RespondOptions>('worker/endpoint', {
    timeoutMs,
    // A body that is sent more than once is read first; any other streams.
    body: contributed.readsBody || backends.reduce((sum, { bodies }) => sum + bodies, 0) > 1 ? scope.requestBody : null,
    headers: endpoint.input_headers?.includes('*') ? null : namesOf(endpoint.input_headers?.length ? endpoint.input_headers : ['Content-Type']),
    query: endpoint.input_query_strings?.includes('*') ? null : (endpoint.input_query_strings ?? []),
    render: renderUse(output, all, cacheControl(endpoint, service, contributed.guarded || scope.guarded), scope.canonical),
    errorText: scope.errorMessages ? use('worker/render/error-text', {}) : null,
    answer: contributed.answer,
  })
  const guards = contributed.answer ? contributed.endpoint.filter(([name]) => !isOfHandler(name)) : contributed.endpoint
  if (guards.length < contributed.endpoint.length) scope.report.warn([...at, 'extra_config'], 'no-effect', 'auth/signer replaces the handler, and its rate limits with it: they do nothing', { opensDoor: true })
  const handler: EndpointPlan = { outside: false, stages: inOrder('endpoint', [...guards, ...payloadUse(proxy.max_payload, scope.requestBody)]), respond, proxy: { ...pipeline, stages } }
  return { method, path, written, handler }
}

/** Enterprise's catchall passes everything, whatever its keys say. */
const withoutFilters = (endpoint: Endpoint): Endpoint => ({ ...endpoint, output_encoding: 'no-op', input_headers: ['*'], input_query_strings: ['*'], backend: (endpoint.backend ?? []).map((backend) => ({ ...backend, encoding: 'no-op' })) })

/** KrakenD's signer replaces the handler of the endpoint, in which its rate limits are (security/RULES.md, auth/signer). */
const isOfHandler = (name: string): boolean => name.startsWith('features/qos/ratelimit/')

export const isShadow = (backend: NonNullable<Endpoint['backend']>[number]): boolean => {
  const proxy = renameOld(backend.extra_config).proxy
  return typeof proxy === 'object' && proxy !== null && (proxy as { shadow?: unknown }).shadow === true
}

const brokenPlan: EndpointPlan = { outside: false, stages: [], respond: use('worker/builtin/broken', {}), proxy: null }

export interface Address {
  method: string
  path: string
  written: string
  parameters: string[]
}

/** Method and gin path of an endpoint. */
export function addressOf(endpoint: Endpoint, service: Service): Address {
  const written = cleanPath(endpoint.endpoint ?? '')
  if (written === CATCH_ALL) return { method: '*', path: '/*', written, parameters: [] }
  const parameters = parametersOf(written, service.disable_rest === true)
  return { method: (endpoint.method || 'GET').toUpperCase(), path: ginPath(written, parameters), written, parameters }
}

/** Whole seconds, cut; null for none. KrakenD says `public` where a token is asked for too: a shared cache would hand the answer to anyone. */
function cacheControl(endpoint: Endpoint, service: Service, guarded: boolean): string | null {
  const ttl = endpoint.cache_ttl || service.cache_ttl || 0
  return ttl ? `${guarded ? 'private' : 'public'}, max-age=${Math.trunc(ttl / 1000)}` : null
}

const RENDERS = new Set(['json', 'json-collection', 'string', 'no-op', 'xml', 'yaml', 'negotiate'])

/** What writes the answer: the output encoding, or what is named like the only backend's encoding, or JSON (routing/RULES.md §8). */
function renderUse(output: string, backends: readonly { encoding?: string | undefined }[], cacheControl: string | null, canonical: boolean): Use {
  const only = backends.length === 1 ? (backends[0]!.encoding ?? '') : ''
  const name = [output, only].find((known) => RENDERS.has(known)) ?? 'json'
  if (name === 'json' || name === 'json-collection') return json(name)
  if (name === 'negotiate') return use<NegotiateOptions>('worker/render/negotiate', { cacheControl, json: json('json') })
  return use<WriterOptions>(`worker/render/${name}`, { cacheControl })

  function json(form: 'json' | 'json-collection'): Use {
    if (canonical) return use<CanonicalOptions>('worker/render/canonical', { cacheControl, collection: form === 'json-collection' })
    return use<WriterOptions>(`worker/render/${form}`, { cacheControl })
  }
}

function normaliseProxy(backends: readonly NormalisedBackend[], proxy: EndpointProxyBlock, mergeMs: number, goesOn: boolean, stages: Use[]): ProxyPlan {
  return { stages: inOrder('proxy', stages), merge: mergeUse(backends, proxy, mergeMs, goesOn), backends: backends.map(({ plan }) => plan) }
}

function mergeUse(backends: readonly NormalisedBackend[], proxy: EndpointProxyBlock, timeoutMs: number, goesOn: boolean): Use {
  if (backends.length === 1) return use('worker/merge/one', {})
  const strategy = strategyOf(proxy)
  if (strategy === 'fallback') return use<FallbackOptions>('worker/merge/fallback', { timeoutMs })
  if (strategy !== 'sequential') return use<ParallelOptions>('worker/merge/parallel', { timeoutMs, calls: backends.reduce((sum, backend) => sum + backend.calls, 0) })
  return use<SequenceOptions>('worker/merge/sequence', { timeoutMs, goesOn, steps: backends.map(({ pattern }, i) => takenBy(pattern, i, backends.length, proxy)) })
}

/** What a step takes from earlier answers: by its pattern, and by the propagated parameters. */
function takenBy(pattern: string, step: number, steps: number, proxy: EndpointProxyBlock): Taken[] {
  const names = placeholdersOf(pattern)
  if (step > 0) names.push(...(proxy.sequential_propagated_params ?? []).flatMap((text) => [...text.matchAll(/[Rr]esp\d+(_[\w\-.]+)?/g)].map(([name]) => name)))
  return names.flatMap((name): Taken[] => {
    const [, from, path] = /^[Rr]esp(\d+)(?:_([\w\-.]+))?$/.exec(name) ?? []
    if (from === undefined || Number(from) >= Math.min(step, steps)) return []
    return [{ from: Number(from), name: titled(name), path: path === undefined ? null : path.split('.') }]
  })
}

export const STRATEGIES = ['always', 'success', 'complete', 'errored', 'incomplete'] as const

const strategyOf = ({ strategy, sequential }: EndpointProxyBlock): string => strategy ?? (sequential === true ? 'sequential' : 'parallel')

/** Expressions, XML, YAML and what a sequence takes from its steps have another form for doubles. */
const tellsDoubles = (output: string, proxy: EndpointProxyBlock, extras: readonly ExtraConfig[]): boolean =>
  ['xml', 'yaml', 'negotiate', 'fast-json'].includes(output) || strategyOf(proxy) === 'sequential' || extras.some((extra) => 'validation/cel' in extra || 'security/policies' in extra)

function staticUse({ static: block }: EndpointProxyBlock, doubles: boolean): Use[] {
  if (!block) return []
  const strategy = STRATEGIES.find((known) => known === block.strategy) ?? 'always'
  return [use<StaticOptions>('worker/proxy/static', { data: block.data, strategy, doubles })]
}

/** KrakenD runs an endpoint's flatmap over merged answers only. */
function flatmapUse(backends: readonly NormalisedBackend[], proxy: EndpointProxyBlock, at: Path, scope: Scope): Use[] {
  const where = [...at, 'extra_config', 'proxy', 'flatmap_filter']
  const operations = normaliseFlatmap(proxy.flatmap_filter, where, scope.report)
  if (!operations) return []
  if (backends.length > 1) return [use('worker/proxy/flatmap', operations)]
  scope.report.warn(where, 'no-effect', 'an endpoint with one backend does not run flatmap_filter: put it into the backend', { opensDoor: true })
  return []
}

/** Shadows form a pipeline of their own, with the longest of their times. */
function shadowUse(shadows: readonly NormalisedBackend[], proxy: EndpointProxyBlock, mergeMs: number): Use {
  const timeoutMs = Math.max(...shadows.map(({ shadowMs }) => shadowMs!))
  return use<ShadowOptions>('worker/proxy/shadow', {
    pipeline: normaliseProxy(shadows, proxy, Math.min(mergeMs, timeoutMs), false, []),
    timeoutMs,
  })
}
