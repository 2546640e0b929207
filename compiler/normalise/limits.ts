/** What limits that isolates share are counted with: a Durable Object for all, Cloudflare's rate limits for a location. */
import type { Plan } from '../plan.ts'

export interface LimitBindings {
  /** The name of the Durable Objects' binding. */
  objects(): string
  /** The name of a binding that lets so many through in a period; equal limits share one, since their keys differ. */
  rate(limit: number, periodSeconds: number): string
}

export const OBJECTS = 'CUTTLE_LIMITS'

export function createLimitBindings(): LimitBindings & { all(): Plan['bindings']['limits'] } {
  const rates = new Map<string, Plan['bindings']['limits']['rates'][number]>()
  let objects = false
  return {
    objects() {
      objects = true
      return OBJECTS
    },
    rate(limit, periodSeconds) {
      const name = `CUTTLE_LIMIT_${limit}_IN_${periodSeconds}_S`
      rates.set(name, { name, limit, periodSeconds })
      return name
    },
    all: () => ({ objects: objects ? OBJECTS : null, rates: [...rates.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1)) }),
  }
}
