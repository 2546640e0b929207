/** Shadow backends: a pipeline of their own, begun with the regular one, whose answers nobody sees (proxy/RULES.md §8). */
import { startDeadline } from '../deadline.js';
import { fail, toFailure } from '../errors.js';
import { bufferBody } from '../merge/body.js';
import { discard } from '../backend/read.js';
export const proxy = (options, { pipeline }) => {
    const shadow = pipeline(options.pipeline);
    return (next) => async (request, ctx) => {
        try {
            const shared = await bufferBody(request, options.bufferBytes);
            const copy = { ...shared, headers: new Map(shared.headers), params: new Map(shared.params) };
            ctx.waitUntil(send(shadow, copy, ctx, options.timeoutMs));
            return await next(shared, ctx);
        }
        catch (error) {
            return fail(toFailure(error, ctx.signal));
        }
    };
};
async function send(shadow, request, ctx, timeoutMs) {
    const deadline = startDeadline(timeoutMs);
    const { answer } = await shadow(request, { ...ctx, signal: deadline.signal });
    deadline.clear();
    if (answer?.body.kind === 'raw')
        discard(answer.body.response);
}
