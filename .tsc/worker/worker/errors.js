export const fail = (failure) => ({ answer: null, errors: [failure] });
export const succeed = (answer) => ({ answer, errors: NONE });
const NONE = Object.freeze([]);
export const TIMEOUT = Object.freeze({ kind: 'timeout', message: 'context deadline exceeded' });
export const NO_HOSTS = Object.freeze({ kind: 'no-hosts', message: 'no hosts available' });
/** What a rejected call means: the request's time was up, a decoder said what it found, or the connection failed. */
export function toFailure(error, signal) {
    if (signal.aborted)
        return TIMEOUT;
    if (isFailure(error))
        return error;
    return { kind: 'network', message: error instanceof Error ? error.message : String(error) };
}
/** Failures are thrown as they are by decoders: plain objects, since nobody reads a stack of theirs. */
const isFailure = (error) => typeof error === 'object' && error !== null && 'kind' in error && 'message' in error;
