import type { Answer, Failure, Outcome } from '../types.ts';
/** The outcome of backends that answered in this order. `expected`: how many were to answer. */
export declare function combine(parts: readonly Answer[], errors: readonly Failure[], expected: number): Outcome;
