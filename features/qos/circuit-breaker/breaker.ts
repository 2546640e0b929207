/** The keys that both kinds of circuit breakers have. */
import { z } from 'zod'
import type { BreakerOptions } from '../../../worker/limit/breaker.ts'

export const keys = {
  interval: z.number().optional(),
  timeout: z.number().optional(),
  max_errors: z.number().optional(),
  name: z.string().optional(),
  log_status_change: z.boolean().optional(),
}

export interface BreakerKeys {
  interval?: number | undefined
  timeout?: number | undefined
  max_errors?: number | undefined
  name?: string | undefined
  log_status_change?: boolean | undefined
}

/** gobreaker's own time where none is given. */
const DEFAULT_TIMEOUT_S = 60

/** KrakenD takes a block in which everything is zero for none; fractions are cut before. */
export const isNone = ({ interval = 0, timeout = 0, max_errors = 0, name, log_status_change }: BreakerKeys): boolean => ![interval, timeout, max_errors].some((number) => Math.trunc(number)) && !name && !log_status_change

export function breakerOf({ interval = 0, timeout = 0, max_errors = 0, name, log_status_change }: BreakerKeys): BreakerOptions {
  const seconds = Math.trunc(timeout)
  return {
    intervalMs: Math.max(0, Math.trunc(interval)) * 1000,
    timeoutMs: (seconds > 0 ? seconds : DEFAULT_TIMEOUT_S) * 1000,
    // Unsigned, as it is compared there: below zero no number of failures is too many.
    maxErrors: Math.trunc(max_errors) >>> 0,
    logAs: log_status_change ? (name ?? '') : null,
  }
}
