/** Limits of an endpoint: 429 for a client beyond its rate, 503 for all beyond the endpoint's (security/RULES.md). One bucket an isolate: nodes share nothing. */
import { addressBits } from '../../../../worker/client-ip.ts'
import { createBucket, createBuckets, type Rate } from '../../../../worker/limit/bucket.ts'
import type { CreateStage, Incoming } from '../../../../worker/types.ts'

export interface Options {
  all: Rate | null
  client: (Rate & { by: 'ip' | 'header' | 'param'; key: string }) | null
}

export const endpoint: CreateStage<'endpoint', Options> = ({ all, client }, { platform }) => {
  const whole = all && createBucket(all, platform.now, platform.startedAt)
  const clients = client && createBuckets(client, platform.now)
  return (next) => (incoming, ctx) => {
    if (client) {
      const key = keyOf(incoming, client.by, client.key)
      if (!key || !clients!(key).take()) return refuse(429)
    }
    return whole && !whole.take() ? refuse(503) : next(incoming, ctx)
  }
}

const refuse = (status: number): Promise<Response> => Promise.resolve(new Response(null, { status }))

function keyOf(incoming: Incoming, by: 'ip' | 'header' | 'param', key: string): string {
  if (by === 'header') return incoming.headers.get(key) ?? ''
  if (by === 'param') return incoming.params.get(key) ?? ''
  const named = key ? incoming.headers.get(key)?.split(',')[0]!.split(':')[0]!.trim() : ''
  return named && addressBits(named) !== null ? named : incoming.clientIp()
}
