/** load → schema → check → normalise: from a file's text to its plan and its findings. */
import { checkService, checkVersion } from './check.ts'
import { createReport, type Finding, nearest, type Path, RefusedError, type Report } from './diagnostics.ts'
import type { Feature } from './feature.ts'
import type { Target } from './emit/module.ts'
import type { Source } from './load/source.ts'
import { type Edge, normaliseEdge } from './normalise/edge.ts'
import { addressOf, isServed } from './normalise/endpoint.ts'
import { normaliseService } from './normalise/service.ts'
import type { Plan } from './plan.ts'
import { homeOf, isFilter, KEYS, RENAMED } from './schema/homes.ts'
import { homeOfNamespace, isGuard, onePlace, type Place } from './schema/namespaces.ts'
import { PLATFORM_KEYS, type Service, serviceSchema } from './schema/service.ts'

/** Blocks that the core reads, beside those of features. */
const CORE: { readonly [place in Place]: readonly string[] } = {
  service: ['router', 'cuttle/product', 'cuttle/dns', 'cuttle/json', 'cuttle/limits', 'cuttle/routes'],
  endpoint: ['proxy', 'cuttle/group'],
  backend: ['proxy', 'backend/http', 'backend/http/client'],
}

/** Namespaces that do something, by place. */
export function supportedBy(features: readonly Feature[]): { readonly [place in Place]: ReadonlySet<string> } {
  const at = (place: Place): ReadonlySet<string> => new Set([...CORE[place], ...features.filter(({ places }) => places.includes(place)).map(({ namespace }) => namespace)])
  return { service: at('service'), endpoint: at('endpoint'), backend: at('backend') }
}

export interface Compiled {
  plan: Plan
  /** What the plan's bindings of secrets hold here. */
  secrets: { readonly [name: string]: string }
  /** How it stands on Cloudflare. */
  edge: Edge
  /** Warnings, all of them. */
  findings: readonly Finding[]
}

/**
 * Compiles a configuration, for a target if one is named. Throws RefusedError, with all findings, where KrakenD refuses to start, and where the
 * target lacks what is asked for.
 */
export function compile(source: Source, features: readonly Feature[], target: Target | null = null): Compiled {
  const report = createReport()
  report.findings.push(...source.warnings)
  const parsed = serviceSchema.safeParse(source.value)
  reportKeys(source.value, report)
  const read = (service: Service, report: Report): Compiled => {
    checkService(service, supportedBy(features), report)
    const { plan, secrets } = normaliseService(service, features, source, target, report)
    report.findings.push(...findingsOfLeftOut(service, (asked, own) => normaliseService(asked, features, source, target, own)))
    return { plan, secrets, edge: normaliseEdge(service, report), findings: report.findings }
  }
  if (!parsed.success) {
    const wrong = parsed.error.issues.map(({ path }) => path as Path)
    for (const { path, message } of parsed.error.issues) report.error(path as Path, 'wrong-type', message)
    report.findings.push(...findingsBeside(wrong, source.value, read))
    throw new RefusedError(report.findings)
  }
  const compiled = read(parsed.data, report)
  if (report.findings.some(({ severity }) => severity === 'error')) throw new RefusedError(report.findings)
  return compiled
}

/** KrakenD builds endpoints before it leaves them out for their method: what is wrong with them ends it all the same, or is worth a word. */
function findingsOfLeftOut(service: Service, normalise: (service: Service, report: Report) => unknown): Finding[] {
  const report = createReport()
  const leftOut = (service.endpoints ?? []).map((endpoint) => !isServed(addressOf(endpoint, service)))
  if (!leftOut.includes(true)) return []
  normalise({ ...service, endpoints: service.endpoints!.map((endpoint, i) => ({ ...endpoint, method: leftOut[i] ? 'GET' : 'none' })) }, report)
  return report.findings.filter(({ path: [list, i] }) => list === 'endpoints' && leftOut[i as number])
}

/** What is to be said of the rest of a configuration, where some values can't be read: they count as missing, and nothing is said of that. */
function findingsBeside(wrong: readonly Path[], value: unknown, read: (service: Service, report: Report) => unknown): Finding[] {
  const rest = structuredClone(value)
  for (const path of wrong) {
    const holder = path.slice(0, -1).reduce((within: unknown, part) => (within as { [part: string]: unknown } | null | undefined)?.[part], rest)
    if (typeof holder === 'object' && holder !== null) (holder as { [part: string]: unknown })[path.at(-1)!] = null
  }
  const parsed = serviceSchema.safeParse(rest)
  const report = createReport()
  try {
    if (parsed.success) read(parsed.data, report)
  } catch {
    // It is not what its author wrote: where that stops, so does what can be said.
  }
  const concerns = (path: Path, other: Path): boolean => other.length >= path.length - 2 && other.every((part, i) => i >= path.length || part === path[i])
  return report.findings.filter((finding) => !wrong.some((path) => concerns(path, finding.path)))
}

/** The configuration as it is read, with no more than its types and its version checked. Throws RefusedError. */
export function parseService(source: Source): Service {
  const report = createReport()
  const parsed = serviceSchema.safeParse(source.value)
  if (parsed.success) checkVersion(parsed.data, report)
  else for (const issue of parsed.error.issues) report.error(issue.path as Path, 'wrong-type', issue.message)
  if (parsed.success && !report.findings.length) return parsed.data
  throw new RefusedError(report.findings)
}

/** A misspelled one of these lets through what it should not. */
const GUARDS = new Set(['allow', 'deny', 'extra_config'])

/** Platform keys that do something here too. */
const READ: readonly string[] = ['plugin', 'client_tls', 'read_timeout', 'dns_cache_ttl', 'disable_compression']

/** Names the keys that nothing reads. KrakenD ignores them in silence. */
function reportKeys(value: unknown, report: Report): void {
  reportUnknown(value, 'service', [], report)
  for (const key of Object.keys(objectOf(value))) if (PLATFORM_KEYS.includes(key)) reportPlatformKey(key, report)
  reportAgentKeys(value, report)
  for (const [i, endpoint] of listOf(value, 'endpoints').entries()) {
    reportUnknown(endpoint, 'endpoint', ['endpoints', i], report)
    for (const [j, backend] of listOf(endpoint, 'backend').entries()) reportUnknown(backend, 'backend', ['endpoints', i, 'backend', j], report)
  }
}

function reportAgentKeys(value: unknown, report: Report): void {
  for (const [i, agent] of listOf(value, 'async_agent').entries()) {
    for (const [j, backend] of listOf(agent, 'backend').entries()) reportUnknown(backend, 'backend', ['async_agent', i, 'backend', j], report)
  }
}

function reportPlatformKey(key: string, report: Report): void {
  if (key === 'tls') report.warn([key], 'not-supported', 'tls does nothing: Cuttle serves plain HTTP behind the platform that ends TLS', {})
  else if (READ.includes(key)) return
  else report.warn([key], 'no-effect', `${key} does nothing: connections belong to the platform`)
}

function reportUnknown(value: unknown, place: Place, at: Path, report: Report): void {
  const known = KEYS[place]
  for (const key of Object.keys(objectOf(value))) {
    if (/^[@$_#]/.test(key) || known.includes(key) || known.includes(key.toLowerCase())) continue
    const renamed = RENAMED[key] ?? ''
    const suggestion = known.includes(renamed) ? renamed : nearest(key, known)
    const home = suggestion ? undefined : (homeOf(key) ?? homeOfNamespace(key))
    if (home !== undefined) report.warn([...at, key], 'misplaced', `${key} does nothing at ${onePlace(place)}: it belongs to ${home}`, isFilter(key) || isGuard(key) ? { opensDoor: true } : {})
    else report.warn([...at, key], 'unknown-key', `${key} is no key of ${onePlace(place)}: it does nothing`, { ...(suggestion && { suggestion }), ...(GUARDS.has(suggestion ?? '') && { opensDoor: true as const }) })
  }
}

const objectOf = (value: unknown): { readonly [key: string]: unknown } => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as { [key: string]: unknown }) : {})

function listOf(value: unknown, key: string): readonly unknown[] {
  const object = objectOf(value)
  const list = object[key] ?? object[Object.keys(object).find((name) => name.toLowerCase() === key) ?? key]
  return Array.isArray(list) ? list : list === undefined ? [] : [list]
}
