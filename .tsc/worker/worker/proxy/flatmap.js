/** The endpoint's flatmap_filter: over the merged answer, unless a backend failed (proxy/RULES.md §4). */
import { dataOf } from '../json/data.js';
import { flatmap } from '../shape/flatmap.js';
export const proxy = (operations) => {
    return (next) => async (request, ctx) => {
        const outcome = await next(request, ctx);
        const { answer } = outcome;
        const data = answer && outcome.errors.length === 0 ? dataOf(answer.body) : null;
        if (!data)
            return outcome;
        return { ...outcome, answer: { ...answer, body: { kind: 'data', value: flatmap(data, operations) } } };
    };
};
