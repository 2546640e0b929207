import type { Handler, Layer, Stage } from './types.ts';
/** Puts stages around a layer's innermost handler; the first is the outermost. */
export declare const pipe: <L extends Layer>(stages: readonly Stage<L>[], innermost: Handler<L>) => Handler<L>;
/** Calls `make` at the first use and keeps what it gave. */
export declare function once<T>(make: () => T): () => T;
