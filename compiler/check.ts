/** Rules across keys, and what KrakenD's router refuses when it starts (routing/RULES.md §2, transform/RULES.md §6). */
import { isIP } from 'node:net'
import { createReport, nearest, type Path, type Report, show, suggested } from './diagnostics.ts'
import { addressOf, isServed, METHODS, STRATEGIES } from './normalise/endpoint.ts'
import { healthPath } from './normalise/service.ts'
import { CATCH_ALL, cleanHost, cleanPath, isFilledLater, isForbidden, isWildcard, placeholdersOf, SERVICE_HOST } from './paths.ts'
import { checkFilled } from './placeholders.ts'
import { routerSchema } from './schema/core.ts'
import { type Place, readBlock, renameOld, reportUnread, writtenName } from './schema/namespaces.ts'
import { type Backend, type Endpoint, endpointSchema, type Service } from './schema/service.ts'

const VERSIONS = [3, 4]

export function checkVersion(service: Service, report: Report): void {
  if (!VERSIONS.includes(service.version ?? 0)) {
    report.error(['version'], 'version', `expected 3, the version of KrakenD 2's format, or 4, of KrakenD 3's, found ${service.version ?? 'nothing'}`)
  }
}

type Supported = { readonly [place in Place]: ReadonlySet<string> }

export function checkService(service: Service, supported: Supported, report: Report): void {
  checkVersion(service, report)
  if (service.listen_ip && !isIP(service.listen_ip)) report.error(['listen_ip'], 'bad-address', `expected an IP address, found "${service.listen_ip}"`)
  if (service.port !== undefined && (service.port < 0 || service.port > 65_535)) report.error(['port'], 'bad-port', `expected a port from 1 to 65535, found ${service.port}`)
  checkHosts(service.host, false, ['host'], report)
  checkWord(service.output_encoding, OUTPUTS, 'answers are written as json', ['output_encoding'], report)
  checkDurations(service, [], report)
  reportUnread(service.extra_config, 'service', supported.service, [], report)
  for (const [i, endpoint] of (service.endpoints ?? []).entries()) {
    const at: Path = ['endpoints', i]
    checkWhole(endpoint, service, supported, at, report)
    checkFilled(endpoint, service, at, report)
  }
  checkRoutes(service, report)
}

/** To Go a number counts nanoseconds: whoever writes 5 means something else. */
function checkDurations(values: Pick<Service, 'timeout' | 'cache_ttl'>, at: Path, report: Report): void {
  for (const key of ['timeout', 'cache_ttl'] as const) {
    const ms = values[key] ?? 0
    if (ms > 0 && ms < 1) report.warn([...at, key], 'nanoseconds', `expected a duration such as "2s" or "500ms", found ${Math.round(ms * 1e6)} nanoseconds (numbers count them): ${key === 'timeout' ? 'every request is too late' : 'answers are fresh for 0 seconds'}`)
  }
}

/** An endpoint with what stands in its backends like endpoints. */
function checkWhole(endpoint: Endpoint, service: Service, supported: Supported, at: Path, report: Report): void {
  checkEndpoint(endpoint, service, at, report)
  reportUnread(endpoint.extra_config, 'endpoint', supported.endpoint, at, report)
  for (const [i, { extra_config: extra }] of (endpoint.backend ?? []).entries()) {
    reportUnread(extra, 'backend', supported.backend, [...at, 'backend', i], report)
    const { workflow } = extra ?? {}
    if (typeof workflow !== 'object' || workflow === null) continue
    const where = [...at, 'backend', i, 'extra_config', 'workflow']
    const parsed = endpointSchema.safeParse(workflow)
    if (parsed.success) checkWhole({ ...parsed.data, method: endpoint.method }, service, supported, where, report)
    else for (const issue of parsed.error.issues) report.error([...where, ...(issue.path as Path)], 'wrong-type', issue.message)
  }
}

function checkHosts(hosts: readonly string[] | undefined, verbatim: boolean, at: Path, report: Report): void {
  for (const [i, host] of (hosts ?? []).entries()) {
    const clean = verbatim || SERVICE_HOST.test(host) ? '' : cleanHost(host)
    // A password is nobody's to read.
    const shown = JSON.stringify(host.replace(/\/\/[^/]*@/, '//…@'))
    if (clean === null) report.error([...at, i], 'bad-host', `expected a host such as "http://users.internal:8080" without a path, found ${shown}; disable_host_sanitize takes it as it is`)
    else if (clean && !URL.canParse(clean)) report.warn([...at, i], 'bad-host', `expected a host such as "http://users.internal:8080", found ${shown}: every call fails`)
  }
}

function checkEndpoint(endpoint: Endpoint, service: Service, at: Path, report: Report): void {
  const { method, written, parameters } = addressOf(endpoint, service)
  if (isForbidden(written)) report.error([...at, 'endpoint'], 'bad-path', `expected a path without * inside and without /__debug, /__echo or /__health as a segment, found "${written}"`)
  else if (written.endsWith('*') && !isWildcard(written)) report.error([...at, 'endpoint'], 'bad-path', `expected a star as the last segment, "/*", found "${written}"`)
  const backends = endpoint.backend ?? []
  if (!backends.length) report.error(endpoint.backend ? [...at, 'backend'] : at, 'no-backends', `expected at least one backend for ${method} ${written}`)
  const output = method === '*' ? 'no-op' : endpoint.output_encoding || service.output_encoding
  if (output === 'no-op' && backends.length > 1) report.error([...at, 'backend', 1], 'no-op-with-many', 'an endpoint whose output_encoding is no-op has one backend: there is no body to merge')
  if (method === '*') checkCatchAll(endpoint, at, report)
  else if (!METHODS.includes(method)) {
    const suggestion = nearest(method, METHODS)
    report.warn([...at, 'method'], 'unserved-method', `expected one of ${METHODS.join(', ')}, found "${method}": the endpoint is left out`, suggested(suggestion))
  }
  checkDurations(endpoint, at, report)
  checkBodyless(endpoint, method, at, report)
  checkWord(endpoint.output_encoding, OUTPUTS, "the answer is written as the only backend's encoding says, or as json", [...at, 'output_encoding'], report)
  checkStrategies(endpoint, at, report)
  checkPropagated(endpoint, at, report)
  for (const [i, backend] of backends.entries()) {
    checkBackend(backend, service, parameters, [...at, 'backend', i], report)
    checkBody(backend, method, [...at, 'backend', i], report)
  }
}

function checkBackend(backend: Backend, service: Service, parameters: readonly string[], at: Path, report: Report): void {
  checkHosts(backend.host, backend.disable_host_sanitize === true, [...at, 'host'], report)
  checkWord(backend.encoding?.toLowerCase(), ENCODINGS, 'it is read as json', [...at, 'encoding'], report)
  checkWord(backend.sd, DISCOVERY, 'hosts are taken as they stand', [...at, 'sd'], report)
  if (!backend.host?.length && !service.host?.length && !backend.extra_config?.workflow) report.warn(at, 'no-host', 'there is no host here, nor one of the service: every call fails', {})
  for (const name of placeholdersOf(cleanPath(backend.url_pattern ?? ''))) {
    if (isFilledLater(name) || parameters.includes(name)) continue
    const suggestion = nearest(name, parameters)
    const known = parameters.length ? `has ${parameters.map((parameter) => `{${parameter}}`).join(', ')}` : 'has none'
    report.error([...at, 'url_pattern'], 'unknown-parameter', `expected parameters of the endpoint, which ${known}; found {${name}}`, suggestion && `{${suggestion}}`)
  }
}

/** Strategies that KrakenD does not know it takes for the first one (proxy/RULES.md §5, §7). */
function checkStrategies({ extra_config: extra }: Endpoint, at: Path, report: Report): void {
  const proxy = (renameOld(extra).proxy ?? {}) as { strategy?: unknown; static?: { strategy?: unknown } | null }
  const where = [...at, 'extra_config', writtenName(extra, 'proxy')]
  checkWord(proxy.strategy, MERGES, 'all backends are asked at once', [...where, 'strategy'], report)
  checkWord(proxy.static?.strategy, STRATEGIES, 'the data is always added', [...where, 'static', 'strategy'], report)
}
const MERGES = ['parallel', 'sequential', 'fallback']
const OUTPUTS = ['json', 'fast-json', 'json-collection', 'xml', 'yaml', 'negotiate', 'string', 'no-op']
const ENCODINGS = ['json', 'fast-json', 'safejson', 'xml', 'rss', 'string', 'no-op']
const DISCOVERY = ['static', 'dns', 'dns-shared']

/** KrakenD panics where a sequence propagates what is no text (transform/refused/sequence-number.json). */
function checkPropagated({ extra_config: extra, backend = [] }: Endpoint, at: Path, report: Report): void {
  const proxy = (renameOld(extra).proxy ?? {}) as { sequential?: unknown; strategy?: unknown; sequential_propagated_params?: unknown }
  const { sequential_propagated_params: names } = proxy
  if (backend.length < 2 || !Array.isArray(names) || (proxy.sequential !== true && proxy.strategy !== 'sequential')) return
  for (const [i, name] of names.entries()) {
    if (typeof name !== 'string') report.error([...at, 'extra_config', writtenName(extra, 'proxy'), 'sequential_propagated_params', i], 'wrong-type', `expected a text such as "resp0_id", found ${show(name)}`)
  }
}

/** A word that nothing knows: KrakenD goes on in silence. */
function checkWord(written: unknown, words: readonly string[], effect: string, at: Path, report: Report): void {
  if (typeof written !== 'string' || written === '' || words.includes(written)) return
  report.warn(at, 'unknown-word', `expected ${words.join(', ')}, found "${written}": ${effect}`, suggested(nearest(written, words)))
}

/** Enterprise's catchall changes these itself. */
function checkCatchAll({ method, output_encoding: output }: Endpoint, at: Path, report: Report): void {
  const effect = `does nothing here: ${CATCH_ALL} takes every method, and passes requests and answers as they are`
  if (method) report.warn([...at, 'method'], 'no-effect', `method ${effect}`)
  if (output && output !== 'no-op') report.warn([...at, 'output_encoding'], 'no-effect', `output_encoding ${effect}`)
}

/** A GET has no body that could meet the schema; KrakenD reads one where a client sends it all the same. */
function checkBodyless({ extra_config }: Endpoint, method: string, at: Path, report: Report): void {
  const name = writtenName(extra_config, 'validation/json-schema')
  if (method === 'GET' && extra_config && name in extra_config) report.warn([...at, 'extra_config', name], 'no-body', 'a GET has no body: every request is refused')
}

/** KrakenD sends the client's body with a GET too. */
function checkBody({ method }: Backend, endpointMethod: string, at: Path, report: Report): void {
  const own = method?.toUpperCase()
  if (endpointMethod === 'GET' || (own !== 'GET' && own !== 'HEAD')) return
  report.warn([...at, 'method'], 'no-body', `the body of the ${endpointMethod} is not sent to this backend, as KrakenD would: fetch has none for ${own}`)
}

/** gin panics where two paths can't stand in one tree. */
function checkRoutes(service: Service, report: Report): void {
  const paths = new Map<string, Path>()
  const names = new Map<string, { name: string; at: Path }>()
  // These three KrakenD reads even if others have a wrong type (routing/RULES.md §4).
  const { disable_health, health_path, auto_options } = readBlock(renameOld(service.extra_config), service.extra_config, 'router', routerSchema, 'key', [], createReport())?.value ?? {}
  if (disable_health !== true) paths.set(`GET ${healthPath({ health_path })}`, ['extra_config'])
  for (const [i, endpoint] of (service.endpoints ?? []).entries()) {
    const address = addressOf(endpoint, service)
    const { method, path, written } = address
    const at: Path = ['endpoints', i, 'endpoint']
    if (!isServed(address)) continue
    const other = paths.get(`${method} ${path}`)
    if (other) report.error(at, 'endpoint-twice', `${method} ${written} is there twice${typeof other[1] === 'number' ? `: endpoints[${other[1]}] has it too` : ': the health endpoint has it too'}`)
    else paths.set(`${method} ${path}`, at)
    checkNames(method, path, names, at, report)
    if (auto_options === true) checkNames('OPTIONS', path, names, at, report)
  }
}

/** One place of the tree has one parameter, with a name, and a segment has one at most. */
function checkNames(method: string, path: string, names: Map<string, { name: string; at: Path }>, at: Path, report: Report): void {
  for (const match of path.matchAll(/:([^/]*)/g)) {
    const name = match[1]!
    if (name === '' || name.includes(':')) {
      report.error(at, 'bad-parameter', name ? `expected one parameter a segment, found ":${name}"` : 'expected a name behind ":"')
      continue
    }
    const place = `${method} ${path.slice(0, match.index)}`
    const other = names.get(place)
    if (!other) names.set(place, { name, at })
    else if (other.name !== name) report.error(at, 'parameter-names', `expected {${other.name}}, as endpoints[${String(other.at[1])}] names the parameter at this place, found {${name}}`)
  }
}
