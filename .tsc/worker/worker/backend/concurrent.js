/**
 * concurrent_calls: the same request several times, the first complete answer wins (proxy/RULES.md §9). The others are ended,
 * except for no-op: there KrakenD cuts the winner's stream off too.
 */
import { startDeadline } from '../deadline.js';
import { fail, TIMEOUT, toFailure } from '../errors.js';
import { bufferBody } from '../merge/body.js';
export const backend = (options) => {
    return (next) => async (request, ctx) => {
        if (options.bufferBytes === null)
            return race(next, request, ctx, options);
        try {
            return await race(next, await bufferBody(request, options.bufferBytes), ctx, options);
        }
        catch (error) {
            return fail(toFailure(error, ctx.signal));
        }
    };
};
function race(next, request, ctx, { calls, timeoutMs }) {
    const deadline = startDeadline(timeoutMs);
    const signal = AbortSignal.any([ctx.signal, deadline.signal]);
    return new Promise((resolve) => {
        let pending = calls;
        let last = fail(TIMEOUT);
        const settle = (outcome) => {
            if (outcome.answer || !last.answer)
                last = outcome;
            const won = outcome.answer?.complete;
            if (--pending > 0 && !won)
                return;
            if (outcome.answer?.body.kind === 'raw')
                deadline.clear();
            else
                deadline.abort();
            resolve(won ? outcome : last);
        };
        for (let i = 0; i < calls; i++)
            void next(request, { ...ctx, signal }).then(settle);
    });
}
