/** One backend → its layer of the plan. */
import type { JsonOptions } from '../../worker/encoding/json.ts'
import type { RssOptions } from '../../worker/encoding/rss.ts'
import type { StringOptions } from '../../worker/encoding/string.ts'
import type { XmlOptions } from '../../worker/encoding/xml.ts'
import type { ConcurrentOptions } from '../../worker/backend/concurrent.ts'
import type { DiscoverOptions } from '../../worker/backend/discover.ts'
import type { HttpOptions } from '../../worker/backend/http.ts'
import type { InputsOptions } from '../../worker/backend/inputs.ts'
import type { PrepareOptions } from '../../worker/backend/prepare.ts'
import type { DataShape } from '../../worker/shape/data.ts'
import type { FetchOptions } from '../../worker/client/fetch.ts'
import type { BackendPlan, Use } from '../../worker/types.ts'
import type { Path } from '../diagnostics.ts'
import { inOrder } from '../order.ts'
import { cleanHost, cleanPath, inputsOf, isPlain, placeholdersOf, SERVICE_HOST, splitBelow, splitPattern, templateOf } from '../paths.ts'
import { type BackendHttpBlock, backendHttpSchema, type BackendProxyBlock, backendProxySchema, type HttpClientBlock, httpClientSchema } from '../schema/core.ts'
import { readBlock, renameOld } from '../schema/namespaces.ts'
import type { Backend } from '../schema/service.ts'
import { retryUse } from './retry.ts'
import { type Scope, type Spot, use } from './scope.ts'
import { changesNothing, nameAfterFilters, normaliseFlatmap, normaliseShape } from './shape.ts'
import { normaliseWorkflow } from './workflow.ts'

export interface NormalisedBackend {
  plan: BackendPlan
  /** How long the shadow may take; null: it is no shadow. */
  shadowMs: number | null
  /** How often it may send the request's body: 0, 1, or more. */
  bodies: number
  /** How many calls it makes at once. */
  calls: number
  /** As configured, with its first slash. */
  pattern: string
}

/** What an endpoint tells its backends. */
export interface Parent {
  /** Empty: the client's own. */
  method: string
  timeoutMs: number
  concurrentCalls: number
  noOp: boolean
  /** Its answer is merged with others'. */
  merged: boolean
  parameters: readonly string[]
  /** Its path ends in a star: backends are asked for what is below. */
  below: boolean
  /** extra_config of what is around, and of the other backends. */
  around: Spot['around']
  siblings: Spot['siblings']
  doubles: boolean
}

/** fetch knows no body for these. */
const BODILESS = new Set(['GET', 'HEAD'])

export function normaliseBackend(backend: Backend, parent: Parent, at: Path, scope: Scope): NormalisedBackend {
  const { report } = scope
  const extra = renameOld(backend.extra_config)
  const original = backend.extra_config
  const proxy: BackendProxyBlock = readBlock(extra, original, 'proxy', backendProxySchema, 'key', at, report)?.value ?? {}
  const http: BackendHttpBlock = readBlock(extra, original, 'backend/http', backendHttpSchema, 'key', at, report)?.value ?? {}
  const client: HttpClientBlock = readBlock(extra, original, 'backend/http/client', httpClientSchema, 'key', at, report)?.value ?? {}
  const method = (backend.method || parent.method).toUpperCase()
  const pattern = cleanPath(backend.url_pattern ?? '')
  const sendsBody = !BODILESS.has(method)
  const redirectBody = client.send_body_on_redirect === true
  const discovered = backend.sd === 'dns' || backend.sd === 'dns-shared'
  // A workflow calls others; its own address is only looked at by policies.
  const hosts = discovered ? [] : extra.workflow ? ['http://workflow'] : hostsOf(backend, scope)
  const encoding = parent.noOp ? 'no-op' : (backend.encoding ?? '')
  const details = http.return_error_details || null

  const parts = parent.below ? splitBelow(pattern) : splitPattern(pattern)

  const stages: Use[] = [use<PrepareOptions>('worker/backend/prepare', {
    method,
    hosts,
    pattern: parts,
    // Discovered hosts are plain: a scheme, a name and a port.
    plain: isPlain(hosts, parts),
    headers: backend.input_headers?.length ? namesOf(backend.input_headers) : null,
    query: backend.input_query_strings?.length ? backend.input_query_strings : null,
    tls: scope.tls.nameOf(client.client_tls, [...at, 'extra_config', 'backend/http/client', 'client_tls']) ?? scope.clientTls,
  })]
  const inputs = inputsOf(pattern)
  if (inputs.length) stages.push(use<InputsOptions>('worker/backend/inputs', { inputs }))
  if (discovered) stages.push(use<DiscoverOptions>('worker/backend/discover', { name: srvName(backend, scope), scheme: backend.sd_scheme || 'http', ...scope.dns }))
  if (parent.concurrentCalls > 1) stages.push(use<ConcurrentOptions>('worker/backend/concurrent', { calls: parent.concurrentCalls, timeoutMs: (parent.timeoutMs * 75) / 100 }))
  const flatmapAt = [...at, 'extra_config', 'proxy', 'flatmap_filter']
  const shape: DataShape = { ...normaliseShape(backend), flatmap: normaliseFlatmap(proxy.flatmap_filter, flatmapAt, report) }
  const nested: Spot['nested'] = (value, ignoresErrors) => normaliseWorkflow(value, { method, timeoutMs: parent.timeoutMs }, ignoresErrors, [...at, 'extra_config', 'workflow'], scope)
  const contributed = scope.contribute({ place: 'backend', siblings: parent.siblings, doubles: parent.doubles, nested, extra, original, at, parameters: parent.parameters, placeholders: placeholdersOf(pattern), around: parent.around, pattern: pattern.split('?', 1)[0]!, hosts: backend.host?.length ? backend.host : scope.hosts })
  const { decodes } = contributed
  stages.push(...retryUse({ client, extra, method, hosts, bodiless: !sendsBody, raced: parent.concurrentCalls > 1, http: !contributed.transport && !contributed.call }, at, report))
  const decode = decodes === 'data' ? filterData(shape, stages) : normaliseDecode(decodes ?? encoding, decodes ? { ...backend, is_collection: false } : backend, shape, parent, scope, stages)
  const transport = use<HttpOptions>('worker/backend/http', {
    anyStatus: encoding === 'no-op',
    details,
    code: http.return_error_code === true && !('return_error_details' in asObject(extra['backend/http'])),
    label: `[${backend.method || parent.method} ${templateOf(pattern)}]`,
    maxBytes: scope.maxBodyBytes,
  })
  const call = use<FetchOptions>('worker/client/fetch', { redirectBody, buffer: encoding === 'no-op' ? null : scope.maxBodyBytes, gzip: scope.gzip })
  return {
    plan: { stages: inOrder('backend', [...stages, ...contributed.backend]), transport: contributed.transport ?? transport, decode, client: inOrder('client', contributed.client), call: contributed.call ?? call },
    shadowMs: proxy.shadow === true ? shadowTime(proxy.shadow_timeout, parent, at, scope) : null,
    bodies: (sendsBody ? parent.concurrentCalls + (redirectBody ? 1 : 0) : 0) + (contributed.readsBody ? 2 : 0),
    calls: parent.concurrentCalls * contributed.calls,
    pattern,
  }
}

const asObject = (value: unknown): object => (typeof value === 'object' && value !== null ? value : {})

function shadowTime(text: string | undefined, parent: Parent, at: Path, scope: Scope): number {
  const parsed = text === undefined ? parent.timeoutMs : scope.duration(text, [...at, 'extra_config', 'proxy', 'shadow_timeout'])
  return parsed ?? parent.timeoutMs
}

/** Names that HTTP allows, in lower case. What it doesn't allow no request has. */
export const namesOf = (headers: readonly string[]): string[] => [...new Set(headers.filter((name) => /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name)).map((name) => name.toLowerCase()))]

/** Hosts as they are called. check.ts has refused those that KrakenD refuses. */
function hostsOf(backend: Backend, scope: Scope): string[] {
  const own = backend.host ?? []
  if (!own.length) return scope.hosts
  return own.map((host) => (backend.disable_host_sanitize || SERVICE_HOST.test(host) ? host : (cleanHost(host) ?? host)))
}

/** The first host is the name of the SRV records. */
const srvName = (backend: Backend, scope: Scope): string => (backend.host?.[0] ?? scope.hosts[0] ?? '').replace(/^https?:\/\//, '')

/** What has no data to decode, null or data of its own, is filtered. */
function filterData(shape: DataShape, stages: Use[]): Use {
  if (shape.flatmap || !changesNothing(shape)) stages.push(use<DataShape>('worker/shape/data', shape))
  return use('worker/encoding/nothing', {})
}

/** Their answers are data from the start. */
const DATA_ENCODINGS = new Set(['string', 'xml', 'rss'])

/** The decoder; a stage for the filters is added where they can't run on the text itself. */
function normaliseDecode(encoding: string, backend: Backend, shape: DataShape, parent: Parent, scope: Scope, stages: Use[]): Use {
  const known = encoding.toLowerCase()
  if (encoding === 'no-op') return use('worker/encoding/no-op', {})
  if (known === 'no-op') return filterData(shape, stages)
  const asData = shape.flatmap !== null || DATA_ENCODINGS.has(known)
  if (asData && (shape.flatmap || !changesNothing(shape))) stages.push(use<DataShape>('worker/shape/data', shape))
  if (known === 'string') return use<StringOptions>('worker/encoding/string', { maxBytes: scope.maxBodyBytes })
  if (known === 'xml') return use<XmlOptions>('worker/encoding/xml', { collection: backend.is_collection === true, maxBytes: scope.maxBodyBytes })
  if (known === 'rss') return use<RssOptions>('worker/encoding/rss', { maxBytes: scope.maxBodyBytes })
  const { flatmap: _, ...filters } = shape
  const applied = asData ? normaliseShape({}) : filters
  return use<JsonOptions>('worker/encoding/json', {
    expects: known === 'safejson' ? 'any' : backend.is_collection ? 'list' : 'object',
    shape: { ...applied, keys: parent.merged && applied.group === null && !asData },
    collection: nameAfterFilters('collection', applied),
    content: nameAfterFilters('content', applied),
    maxBytes: scope.maxBodyBytes,
  } satisfies JsonOptions)
}
