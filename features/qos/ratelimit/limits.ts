/** The keys of rate limits, and the counts they ask for. */
import { z } from 'zod'
import { nearest } from '../../../compiler/diagnostics.ts'
import type { FeaturePlace } from '../../../compiler/feature.ts'
import { titled } from '../../../compiler/paths.ts'
import type { Rate } from '../../../worker/limit/bucket.ts'
import type { GlobalOptions } from '../../../worker/limit/global.ts'
import type { IsolateOptions } from '../../../worker/limit/isolate.ts'
import type { LocationOptions } from '../../../worker/limit/location.ts'
import type { RequestLimits } from '../../../worker/limit/request.ts'
import type { Json, Use } from '../../../worker/types.ts'
import { parseDuration } from '../../../compiler/schema/loose.ts'
import { headerName } from '../../header-name.ts'
import { capacityOf, rateOf } from './rate.ts'

/** How far a limit is shared, which KrakenD does not have: Cuttle's own, so a wrong value is refused. */
const ACCURACIES = ['isolate', 'location', 'global'] as const
type Accuracy = (typeof ACCURACIES)[number]
const FAILURES = ['allow', 'deny'] as const

export const accuracyKeys = { accuracy: z.unknown().optional(), on_failure: z.unknown().optional() }

export const requestKeys = {
  ...accuracyKeys,
  max_rate: z.number().optional(),
  capacity: z.number().optional(),
  client_max_rate: z.number().optional(),
  client_capacity: z.number().optional(),
  every: z.string().optional(),
  strategy: z.string().optional(),
  key: z.string().optional(),
  num_shards: z.number().optional(),
  cleanup_period: z.string().optional(),
  cleanup_threads: z.number().optional(),
}
export type RequestKeys = z.infer<z.ZodObject<typeof requestKeys>>

const STRATEGIES = ['ip', 'header', 'param'] as const

/** null: written down, but off. `name` tells the limits of one endpoint apart. */
export function requestLimitsOf(raw: RequestKeys, place: FeaturePlace, name = ''): RequestLimits | null {
  const { at, report } = place
  reportEvery(raw.every, place)
  const all = rateOf(raw.max_rate, raw.capacity, raw.every, 1000)
  const own = rateOf(raw.client_max_rate, raw.client_capacity, raw.every, 1000)
  const by = STRATEGIES.find((known) => known === raw.strategy?.toLowerCase())
  if (own && !by) report.warn([...at, 'strategy'], 'unknown-strategy', `expected ${STRATEGIES.join(', ')} for client_max_rate, found ${raw.strategy ?? 'nothing'}: clients are not limited`, { opensDoor: true })
  const each = own && by ? { ...own, ...(capacityOf(raw.client_capacity) ? {} : { capacity: clientCapacity(own, all) }) } : null
  const limits: RequestLimits = {
    all: all && limitUse({ rate: all, max: raw.max_rate!, keyed: false, name: `${name}all` }, raw, place),
    client: each && { by: by!, key: by === 'param' ? paramOf(raw.key ?? '', place) : headerName(raw.key ?? '', [...at, 'key'], report, 'no request has it'), limit: limitUse({ rate: each, max: raw.client_max_rate!, keyed: true, name: `${name}client` }, raw, place) },
  }
  return limits.all || limits.client ? limits : null
}

/** The key is spelled as in the endpoint's braces; one that is not there is never sent, and so refused. */
function paramOf(key: string, { at, report, parameters }: FeaturePlace): string {
  if (parameters.includes(key)) return titled(key)
  const suggestion = nearest(key, parameters)
  report.warn([...at, 'key'], 'unknown-parameter', `expected a parameter of the endpoint, which has ${parameters.join(', ') || 'none'}; found ${key ? `"${key}"` : 'nothing'}: every request is refused`, suggestion ? { suggestion } : {})
  return ''
}

/** A limit of a minute that counts for a second lets 60 times as much through. */
export function reportEvery(every: string | undefined, { at, report }: FeaturePlace): void {
  if (every !== undefined && every !== '' && parseDuration(every) === null) report.warn([...at, 'every'], 'wrong-type', `expected a duration such as "1m", found "${every}": the limit is one for each second`, { opensDoor: true })
}

/** KrakenD takes one where the endpoint's own rate is below one a second, or not given. */
const clientCapacity = (client: Rate, all: Rate | null): number => (!all || all.intervalMs > 1000 ? 1 : Math.max(1, Math.floor(1000 / client.intervalMs)))

interface Wanted {
  rate: Rate
  /** max_rate as written. */
  max: number
  keyed: boolean
  name: string
}
interface Shared {
  accuracy?: unknown
  on_failure?: unknown
  every?: string | undefined
}

/** The module that counts, with its options. */
export function limitUse({ rate, max, keyed, name }: Wanted, raw: Shared, place: FeaturePlace): Use {
  const isolate = use<IsolateOptions>('isolate', { rate, keyed })
  const accuracy = wordOf<Accuracy>('accuracy', raw.accuracy, ACCURACIES, 'isolate', place)
  const onFailure = wordOf('on_failure', raw.on_failure, FAILURES, 'deny', place)
  if (accuracy === 'isolate') return isolate
  // Where it stands tells it from the endpoint's others; the run time adds the endpoint.
  const whole = [...place.at.slice(2, 4), name].join(' ')
  if (accuracy === 'global') return globalUse({ name: whole, rate, onFailure }, place)
  return locationUse(max, raw.every, { name: whole, onFailure }, place) ?? isolate
}

const use = <O>(module: Accuracy, options: O): Use => [`worker/limit/${module}`, options as Json]

function globalUse(options: Omit<GlobalOptions, 'binding'>, { at, report, target, limits }: FeaturePlace): Use {
  if (target === 'deno') report.error([...at, 'accuracy'], 'no-durable-objects', 'accuracy "global" needs a Durable Object, which Deno does not have: "isolate" counts in each process')
  return use<GlobalOptions>('global', { ...options, binding: limits.objects() })
}

/** Cloudflare's periods, in seconds. */
const PERIODS = [10, 60] as const

/** null: a process is all there is of a location. */
function locationUse(max: number, every: string | undefined, options: Omit<LocationOptions, 'binding'>, { at, report, target, limits }: FeaturePlace): Use | null {
  const period = PERIODS.find((seconds) => seconds * 1000 === parseDuration(every ?? ''))
  if (!period) report.error([...at, 'every'], 'unfit-period', `expected "10s" or "60s", the periods that Cloudflare counts in a location, found ${every === undefined ? 'nothing' : `"${every}"`}`)
  if (!Number.isInteger(max)) report.error([...at, 'accuracy'], 'unfit-rate', `expected a whole number of requests for accuracy "location", found ${max}`)
  if (target === 'deno') report.error([...at, 'accuracy'], 'no-rate-limits', 'accuracy "location" needs Cloudflare\'s rate limits, which Deno does not have: "isolate" counts in each process')
  if (!period || !Number.isInteger(max) || target === 'workerd') return null
  return use<LocationOptions>('location', { ...options, binding: limits.rate(max, period) })
}

function wordOf<W extends string>(key: string, value: unknown, words: readonly W[], fallback: W, { at, report }: FeaturePlace): W {
  if (value === undefined) return fallback
  const word = words.find((known) => known === value)
  if (!word) report.error([...at, key], 'unknown-value', `expected ${words.map((known) => `"${known}"`).join(' or ')}, found ${JSON.stringify(value)}`, typeof value === 'string' ? nearest(value, words) : undefined)
  return word ?? fallback
}
