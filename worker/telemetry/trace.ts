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
  if (parent) return { ...parent, spanId: hex(crypto.getRandomValues(new Uint8Array(8))) }
  const random = crypto.getRandomValues(new Uint8Array(24))
  // By the id, as others do: all who see the trace decide alike.
  const share = new DataView(random.buffer).getUint32(8) / 2 ** 32
  return { traceId: hex(random.subarray(0, 16)), spanId: hex(random.subarray(16)), sampled: share < sampleRate, state: null }
}

/** What is within `context` has a span of its own only where someone is told of it. */
export const childOf = (context: TraceContext | null): TraceContext | null => (context?.sampled ? startSpan(context, 1) : context)

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))
function hex(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += HEX[byte]!
  return text
}
