/** All backends at once, merged in order of arrival, with partial answers (proxy/RULES.md §5). */
import { startDeadline } from '../deadline.js';
import { fail, toFailure } from '../errors.js';
import { bufferBody } from './body.js';
import { combine } from './combine.js';
export const merge = ({ timeoutMs, bufferBytes }, _made, backends) => {
    const callAll = async (request, ctx) => {
        const deadline = startDeadline(timeoutMs);
        const outcome = await gather(backends, request, { env: ctx.env, signal: deadline.signal, waitUntil: ctx.waitUntil });
        deadline.clear();
        return outcome;
    };
    if (bufferBytes === null)
        return callAll;
    return async (request, ctx) => {
        try {
            return await callAll(await bufferBody(request, bufferBytes), ctx);
        }
        catch (error) {
            return fail(toFailure(error, ctx.signal));
        }
    };
};
async function gather(backends, request, ctx) {
    const answers = [];
    const errors = [];
    const arrive = (outcome) => {
        if (outcome.answer)
            answers.push(outcome.answer);
        errors.push(...outcome.errors);
    };
    await Promise.all(backends.map((backend) => backend(request, ctx).then(arrive)));
    return combine(answers, errors, backends.length);
}
