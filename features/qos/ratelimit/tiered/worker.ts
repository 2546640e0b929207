/**
 * Limits that depend on what plan a client has, which a header says: the first tier that fits counts (KrakenD Enterprise, qos/ratelimit/tiered).
 * They stand behind the checks of tokens and keys, so that the header may be one that these have set.
 */
import { type CheckRequest, createRequestLimits, type RequestLimits, whenPassed } from '../../../../worker/limit/request.ts'
import type { CreateStage, Made, Platform } from '../../../../worker/types.ts'

export interface Options {
  header: string
  tiers: readonly Tier[]
  /** The service's tiers count for all endpoints together. */
  shared: boolean
}
export interface Tier {
  /** null: whatever the header says, and where there is none. */
  value: string | null
  /** The name of an expression that what the header says has to meet. */
  policy: string | null
  limits: RequestLimits
}

/** The counts of the service's tiers; one platform is one isolate. */
const counts = new WeakMap<Platform, Map<string, readonly CheckRequest[]>>()

export const endpoint: CreateStage<'endpoint', Options> = (options, made) => {
  const checks = options.shared ? sharedChecks(options, made) : createChecks(options, made)
  const fits = options.tiers.map((tier) => createFit(tier, made))
  return (next) => (incoming, ctx) => {
    const value = incoming.headers.get(options.header)
    const tier = fits.findIndex((fit) => fit(value))
    return tier < 0 ? next(incoming, ctx) : whenPassed(checks[tier]!(incoming), () => next(incoming, ctx))
  }
}

function createFit({ value, policy }: Tier, { code, platform }: Made): (found: string | null) => boolean {
  if (policy === null) return (found) => value === null || found === value
  const check = code(policy) as (found: string, nowMs: number) => boolean
  return (found) => check(found ?? '', platform.now())
}

const createChecks = ({ tiers }: Options, made: Made): CheckRequest[] => tiers.map(({ limits }) => createRequestLimits(limits, made))

function sharedChecks(options: Options, made: Made): readonly CheckRequest[] {
  let known = counts.get(made.platform)
  if (!known) counts.set(made.platform, (known = new Map()))
  const name = JSON.stringify(options)
  let checks = known.get(name)
  if (!checks) known.set(name, (checks = createChecks(options, { ...made, site: { service: made.site.service, method: '', path: '' } })))
  return checks
}
