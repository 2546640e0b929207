/** `cuttle build --report`: what a gateway consists of, and what its endpoints may need at worst, beside the platform's limits. */
import type { Metafile } from 'esbuild'
import type { Json, Use } from '../../worker/types.ts'
import type { Plan, PlannedEndpoint } from '../plan.ts'

export interface Part {
  /** A library, a feature's namespace, or a part of the run time. */
  name: string
  /** In the bundle, minified. */
  bytes: number
}
export interface EndpointCost {
  endpoint: string
  /** Calls at most: each backend as often as it may be tried, tokens and keys that may be due. */
  calls: number
  /** The same where every call is redirected as often as is followed. */
  withRedirects: number
  /** Bytes of bodies at most that are held at once; 0 where everything streams. */
  bufferedBytes: number
}
export interface Report {
  parts: readonly Part[]
  endpoints: readonly EndpointCost[]
}

/** Cloudflare's: https://developers.cloudflare.com/workers/platform/limits/ */
export const LIMITS = { freeSubrequests: 50, paidSubrequests: 10_000, memoryBytes: 128 * 1024 * 1024 } as const

export function reportOf(plan: Plan, metafile: Metafile): Report {
  return { parts: partsOf(metafile), endpoints: plan.endpoints.filter(({ written }) => written !== null).map(costOf).toSorted((a, b) => b.calls - a.calls || b.bufferedBytes - a.bufferedBytes) }
}

function partsOf({ outputs }: Metafile): Part[] {
  const sums = new Map<string, number>()
  for (const output of Object.values(outputs)) {
    for (const [file, { bytesInOutput }] of Object.entries(output.inputs)) sums.set(partOf(file), (sums.get(partOf(file)) ?? 0) + bytesInOutput)
  }
  return [...sums].map(([name, bytes]) => ({ name, bytes })).filter(({ bytes }) => bytes > 0).toSorted((a, b) => b.bytes - a.bytes || (a.name < b.name ? -1 : 1))
}

function partOf(file: string): string {
  const library = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1]
  if (library !== undefined && library !== 'cuttle') return library
  const own = file.replace(/^.*node_modules\/cuttle\//, '').replace(/^.*?(?=(?:features|worker)\/)/, '')
  const feature = /^features\/(.+)\/[^/]+$/.exec(own)?.[1]
  if (feature !== undefined) return feature
  const folder = /^worker\/([^/]+)\//.exec(own)?.[1]
  if (folder !== undefined) return `run time: ${folder}`
  return own.startsWith('worker/') ? 'run time' : 'the plan and code of its own'
}

/** Uses anywhere in a piece of plan, pipelines within stages too. */
function usesIn(json: unknown): Use[] {
  if (typeof json !== 'object' || json === null) return []
  const own = Array.isArray(json) && json.length === 2 && typeof json[0] === 'string' && /^(worker|features)\//.test(json[0]) ? [json as unknown as Use] : []
  return [...own, ...Object.values(json).flatMap(usesIn)]
}

type Options = { readonly [key: string]: Json }
const optionsOf = ([, options]: Use): Options => (typeof options === 'object' && options !== null && !Array.isArray(options) ? (options as Options) : {})
const numberIn = (options: Options, key: string): number => (typeof options[key] === 'number' ? options[key] : 0)

/** Redirects that a call may follow (client/redirect.ts), as Go does. */
const REDIRECTS = 10

interface Pipe {
  stages?: readonly Use[]
  backends?: readonly Pipe[]
  client?: readonly Use[]
  call?: Use
}

/** A backend's calls: retries and concurrent calls multiply, tokens come on top. `each`: requests that a call may become. */
function callsOf(backend: Pipe, each: number): number {
  const stages = backend.stages ?? []
  const times = stages.reduce((product, use) => product * timesOf(use), 1)
  const tokens = (backend.client ?? []).filter(([name]) => name === 'features/auth/client-credentials').length
  const nested = [...stages, ...(backend.client ?? []), ...(backend.call ? [backend.call] : [])].flatMap(pipelinesIn).reduce((sum, pipe) => sum + callsIn(pipe, each), 0)
  return times * each + tokens + nested
}

function timesOf(use: Use): number {
  const options = optionsOf(use)
  if (use[0] === 'worker/backend/concurrent') return Math.max(1, numberIn(options, 'calls'))
  return use[0] === 'worker/backend/retry' ? 1 + numberIn(options, 'times') : 1
}

/** Pipelines in the options of a stage: shadows, workflows. */
function pipelinesIn([, options]: Use): Pipe[] {
  const found: Pipe[] = []
  const walk = (json: unknown): void => {
    if (typeof json !== 'object' || json === null) return
    if (!Array.isArray(json) && 'backends' in json && 'merge' in json) found.push(json as Pipe)
    else for (const item of Object.values(json)) walk(item)
  }
  walk(options)
  return found
}

const callsIn = ({ stages = [], backends = [] }: Pipe, each: number): number => backends.reduce((sum, backend) => sum + callsOf(backend, each), 0) + stages.flatMap(pipelinesIn).reduce((sum, pipe) => sum + callsIn(pipe, each), 0)

function costOf({ method, written, handler }: PlannedEndpoint): EndpointCost {
  const keys = handler.stages.filter(([name]) => name === 'features/auth/validator').length
  const { body } = optionsOf(handler.respond)
  const request = typeof body === 'object' && body !== null && !Array.isArray(body) ? numberIn(body as Options, 'bytes') : 0
  // A decoder that reads whole bodies names their bound; so does a call that hands them over.
  const answers = usesIn(handler.proxy).filter(([name]) => name.startsWith('worker/encoding/')).reduce((sum, use) => sum + numberIn(optionsOf(use), 'maxBytes'), 0)
  const calls = (each: number): number => (handler.proxy ? callsIn(handler.proxy, each) : 0) + keys
  return { endpoint: `${method} ${written}`, calls: calls(1), withRedirects: calls(1 + REDIRECTS), bufferedBytes: request + answers }
}

const SHOWN = 10

/** For people. */
export function describeReport({ parts, endpoints }: Report): string {
  const total = parts.reduce((sum, { bytes }) => sum + bytes, 0)
  const width = Math.max(...parts.map(({ name }) => name.length), 4)
  const sizes = parts.map(({ name, bytes }) => `  ${name.padEnd(width)}  ${(bytes / 1024).toFixed(1).padStart(7)} KB  ${((100 * bytes) / total).toFixed(1).padStart(5)} %`)
  const costs = endpoints.slice(0, SHOWN).map((cost) => `  ${cost.endpoint}: ${cost.calls} subrequest${cost.calls === 1 ? '' : 's'} (${cost.withRedirects} if all are redirected), bodies of ${megabytes(cost.bufferedBytes)}${warningsOf(cost)}`)
  const more = endpoints.length > SHOWN ? [`  … and ${endpoints.length - SHOWN} that need less`] : []
  return ['In the bundle, minified:', ...sizes, 'At worst, one request:', ...costs, ...more].join('\n')
}

const megabytes = (bytes: number): string => (bytes ? `at most ${(bytes / 1024 / 1024).toFixed(0)} MB in memory` : 'any size, which are not held')

function warningsOf({ calls, bufferedBytes }: EndpointCost): string {
  const beyond: string[] = []
  if (calls > LIMITS.paidSubrequests) beyond.push(`more than the ${LIMITS.paidSubrequests} that Workers allow`)
  else if (calls > LIMITS.freeSubrequests) beyond.push(`more than the ${LIMITS.freeSubrequests} of the free plan`)
  if (bufferedBytes > LIMITS.memoryBytes) beyond.push('more than the 128 MB of an isolate: cuttle/limits makes it less')
  return beyond.length ? ` — ${beyond.join('; ')}` : ''
}
