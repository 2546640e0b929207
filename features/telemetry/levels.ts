import type { ExtraConfig } from '../../compiler/schema/namespaces.ts'
import type { LogLevel } from '../../worker/types.ts'

/** What KrakenD calls critical Cuttle calls an error, and it says nothing at the level of debugging. */
export const LEVELS: { readonly [name: string]: LogLevel } = { DEBUG: 'info', INFO: 'info', NOTICE: 'warning', WARNING: 'warning', ERROR: 'error', CRITICAL: 'error' }
/** What other sinks of the log are told: everything, where no level is written. */
export function leastLevel(service: ExtraConfig | undefined): LogLevel {
  const { level } = (service?.['telemetry/logging'] ?? {}) as { level?: unknown }
  return (typeof level === 'string' && LEVELS[level.toUpperCase()]) || 'info'
}
