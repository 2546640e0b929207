/** The closed set of failures: precise inside, plain outside. */
import type { Answer, Failure, Outcome } from './types.ts';
export declare const fail: (failure: Failure) => Outcome;
export declare const succeed: (answer: Answer) => Outcome;
export declare const TIMEOUT: Failure;
export declare const NO_HOSTS: Failure;
/** What a rejected call means: the request's time was up, a decoder said what it found, or the connection failed. */
export declare function toFailure(error: unknown, signal: AbortSignal): Failure;
