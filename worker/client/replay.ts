import type { CallInit } from '../types.ts'

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])

/** What Go's transport sends once more, if a kept connection turns out to be closed: a request without a body that may come twice. */
export const isReplayable = ({ method, headers, body }: CallInit): boolean => body === null && (SAFE.has(method) || 'idempotency-key' in headers)
