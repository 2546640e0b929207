/** proxy.static: members that are put over the answer where its strategy says so (proxy/RULES.md §7). */
import { dataOf, setMember } from '../json/data.js';
const APPLIES = {
    always: () => true,
    success: ({ errors }) => errors.length === 0,
    complete: ({ answer, errors }) => errors.length === 0 && answer !== null && answer.complete,
    errored: ({ errors }) => errors.length > 0,
    incomplete: ({ answer }) => !answer?.complete,
};
export const proxy = ({ data, strategy }) => {
    const applies = APPLIES[strategy];
    return (next) => async (request, ctx) => {
        const outcome = await next(request, ctx);
        return applies(outcome) ? { ...outcome, answer: cover(outcome.answer, data) } : outcome;
    };
};
/** Without an answer the data becomes one. A no-op answer keeps its body, which data can't change. */
function cover(answer, data) {
    if (answer?.body.kind === 'raw')
        return answer;
    const value = { ...(answer ? dataOf(answer.body) : null) };
    for (const [key, item] of Object.entries(data))
        setMember(value, key, item);
    return { status: answer?.status ?? 0, headers: answer?.headers ?? null, complete: answer?.complete ?? false, body: { kind: 'data', value } };
}
