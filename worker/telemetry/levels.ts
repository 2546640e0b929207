import type { LogLevel } from '../types.ts'

export const LOG_RANKS: { readonly [level in LogLevel]: number } = { info: 1, warning: 2, error: 3 }
