/** Circuit breakers as gobreaker has them, which KrakenD uses (security/RULES.md, qos/circuit-breaker). */
import type { Failure, Made } from '../types.ts'

export interface BreakerOptions {
  /** How long failures count while it is closed; 0: until a success. */
  intervalMs: number
  /** How long it stays open. */
  timeoutMs: number
  /** One failure more in a row opens it. */
  maxErrors: number
  /** What the log calls it; null: changes are not logged. */
  logAs: string | null
}
export interface Breaker {
  /** The pass of a call that may go, or why it may not. */
  enter(): number | Failure
  /** How the call of a pass went. */
  leave(pass: number, failed: boolean): void
}

export const OPEN: Failure = Object.freeze({ kind: 'refused', message: 'circuit breaker is open' })
const BUSY: Failure = Object.freeze({ kind: 'refused', message: 'too many requests' })

/** A pass is the number of the period it was given in: what ends in a later one says nothing about that. */
export function createBreaker({ intervalMs, timeoutMs, maxErrors, logAs }: BreakerOptions, { platform, site }: Made): Breaker {
  let state: 'closed' | 'open' | 'half-open' = 'closed'
  let period = 0
  let failures = 0
  let ends = Number.POSITIVE_INFINITY
  const begin = (next: typeof state): void => {
    if (next !== state && logAs !== null) platform.log('warning', `${site.method} ${site.path}: circuit breaker ${logAs}: ${state} to ${next}`)
    state = next
    period++
    failures = 0
    ends = next === 'open' ? platform.now() + timeoutMs : next === 'closed' && intervalMs > 0 ? platform.now() + intervalMs : Number.POSITIVE_INFINITY
  }
  begin('closed')
  return {
    enter() {
      if (state !== 'closed' && platform.now() <= ends) return state === 'open' ? OPEN : BUSY
      if (state === 'closed') {
        if (platform.now() > ends) begin('closed')
        return period
      }
      // One call tries. Workers drop a call whose client has gone, so a trial that never ends makes room for another.
      begin('half-open')
      ends = platform.now() + timeoutMs
      return period
    },
    leave(pass, failed) {
      if (state === 'closed' && platform.now() > ends) begin('closed')
      if (pass !== period) return
      if (!failed) {
        failures = 0
        if (state === 'half-open') begin('closed')
      } else if (state === 'half-open' || ++failures > maxErrors) begin('open')
    },
  }
}
