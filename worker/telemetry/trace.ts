/** W3C trace context, and the spans that a request leaves. */
import type { Attributes } from './registry.ts'

/** Where a request stands in a trace: what is told to the upstream. */
export interface TraceContext {
  traceId: string
  spanId: string
  sampled: boolean
  /** tracestate, as it came. */
  state: string | null
}
export interface SpanRecord {
  context: TraceContext
  parentId: string | null
  name: string
  kind: 'server' | 'internal' | 'client'
  startMs: number
  endMs: number
  attributes: Attributes
  /** null: no error. */
  error: string | null
}

const TRACEPARENT = /^(?!ff)([\da-f]{2})-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})(?:$|-)/

/** What the W3C has everyone pass on at least. */
const MAX_STATE = 512

/** Reads `traceparent`; null where there is none or it is malformed (https://www.w3.org/TR/trace-context/). */
export function parseTraceparent(header: string | null, state: string | null): TraceContext | null {
  const [, version, traceId, spanId, flags] = TRACEPARENT.exec(header ?? '') ?? []
  if (traceId === undefined || spanId === undefined || (version === '00' && header!.length !== 55)) return null
  return { traceId, spanId, sampled: (Number.parseInt(flags!, 16) & 1) === 1, state: state !== null && state.length <= MAX_STATE ? state : null }
}

export const traceparentOf = ({ traceId, spanId, sampled }: TraceContext): string => `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`

/** A span below `parent`, or the first of a trace, of which so large a share is sampled. */
export function startSpan(parent: TraceContext | null, sampleRate: number): TraceContext {
  const random = crypto.getRandomValues(new Uint8Array(24))
  const spanId = hex(random.subarray(16))
  if (parent) return { ...parent, spanId }
  // By the id, as others do: all who see the trace decide alike.
  const share = new DataView(random.buffer).getUint32(8) / 2 ** 32
  return { traceId: hex(random.subarray(0, 16)), spanId, sampled: share < sampleRate, state: null }
}

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
