import type { Handler, Layer, Stage } from './types.ts'

/** Puts stages around a layer's innermost handler; the first is the outermost. */
export const pipe = <L extends Layer>(stages: readonly Stage<L>[], innermost: Handler<L>): Handler<L> =>
  stages.reduceRight<Handler<L>>((next, stage) => stage(next), innermost)

/** Calls `make` at the first use and keeps what it gave. */
export function once<T>(make: () => T): () => T {
  let made: { value: T } | null = null
  return () => (made ??= { value: make() }).value
}
