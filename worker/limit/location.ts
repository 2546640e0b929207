/**
 * `accuracy: location`: Cloudflare's rate-limit binding, which counts for all isolates of a location. It knows periods of 10 and 60 seconds, no
 * capacity, and counts behind the requests, so that a burst may go over.
 */
import type { CreateLimit } from '../types.ts'

export interface LocationOptions {
  binding: string
  /** What tells this limit from the others of the gateway. */
  name: string
  onFailure: 'allow' | 'deny'
}

interface RateLimit {
  limit(options: { key: string }): Promise<{ success: boolean }>
}

export const limit: CreateLimit<LocationOptions> = ({ binding, name, onFailure }, { platform, site }) => {
  const counter = platform.binding(binding) as RateLimit | undefined
  const prefix = `${site.method} ${site.path} ${name} `
  return async (key) => {
    try {
      if (!counter) throw new Error(`nothing is bound to ${binding}`)
      return (await counter.limit({ key: prefix + key })).success
    } catch (error) {
      platform.log('error', `${prefix}: rate limit: ${error instanceof Error ? error.message : String(error)}`)
      return onFailure === 'allow'
    }
  }
}
