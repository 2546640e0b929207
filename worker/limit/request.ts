/** Limits of requests: 429 for a client beyond its rate, 503 for all beyond theirs (security/RULES.md, qos/ratelimit). */
import { isAddress } from '../address.ts'
import type { Incoming, Made, Use } from '../types.ts'

export interface RequestLimits {
  all: Use | null
  /** A key of '' is one that no request has. */
  client: { by: 'ip' | 'header' | 'param'; key: string; limit: Use } | null
}
/** The status of a refusal; 0: the request may pass. */
export type CheckRequest = (incoming: Incoming) => number | Promise<number>

/** The client's limit comes first, so that what it refuses uses up nothing of the other. Buckets in memory answer at once. */
export function createRequestLimits({ all, client }: RequestLimits, made: Made): CheckRequest {
  const whole = all && made.limit(all)
  const own = client && made.limit(client.limit)
  const checkAll = (): number | Promise<number> => (whole ? statusOf(whole(''), 503) : 0)
  if (!client) return checkAll
  return (incoming) => {
    const key = keyOf(incoming, client.by, client.key)
    const status = key ? statusOf(own!(key), 429) : 429
    if (typeof status === 'number') return status || checkAll()
    return status.then((refused) => refused || checkAll())
  }
}

function statusOf(passes: boolean | Promise<boolean>, refusal: number): number | Promise<number> {
  if (typeof passes === 'boolean') return passes ? 0 : refusal
  return passes.then((passed) => (passed ? 0 : refusal))
}

function keyOf(incoming: Incoming, by: 'ip' | 'header' | 'param', key: string): string {
  if (by === 'header') return (key && incoming.headers.get(key)) || ''
  if (by === 'param') return incoming.params.get(key) ?? ''
  const named = key ? incoming.headers.get(key)?.split(',')[0]!.split(':')[0]!.trim() : ''
  return named && isAddress(named) ? named : incoming.clientIp()
}

/** Hands on what may pass; refusals have no body. */
export function whenPassed(status: number | Promise<number>, pass: () => Promise<Response>): Promise<Response> {
  if (status === 0) return pass()
  return typeof status === 'number' ? Promise.resolve(new Response(null, { status })) : whenCounted(status, pass)
}

async function whenCounted(counting: Promise<number>, pass: () => Promise<Response>): Promise<Response> {
  const status = await counting
  return status ? new Response(null, { status }) : pass()
}
