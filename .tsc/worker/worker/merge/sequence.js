/** One backend after the other; later ones may use what earlier ones answered (proxy/RULES.md §6). */
import { startDeadline } from '../deadline.js';
import { fail, toFailure } from '../errors.js';
import { dataOf, isObject, member, numberText } from '../json/data.js';
import { bufferBody } from './body.js';
import { combine } from './combine.js';
export const merge = (options, _made, backends) => {
    return async (request, ctx) => {
        const deadline = startDeadline(options.timeoutMs);
        try {
            const shared = options.bufferBytes === null ? request : await bufferBody(request, options.bufferBytes);
            return await runSteps(options, backends, shared, { ...ctx, signal: deadline.signal });
        }
        catch (error) {
            return fail(toFailure(error, deadline.signal));
        }
        finally {
            deadline.clear();
        }
    };
};
async function runSteps({ steps }, backends, request, ctx) {
    const answers = [];
    const params = new Map(request.params);
    const texts = new Map();
    for (const [i, backend] of backends.entries()) {
        for (const taken of steps[i])
            await take(taken, answers, params, texts);
        const outcome = await backend({ ...request, params: new Map(params) }, ctx);
        const failed = outcome.errors.length > 0 || !outcome.answer;
        if (failed && i === 0)
            return outcome;
        if (failed)
            return combine(answers, outcome.errors, backends.length);
        answers.push(outcome.answer);
        if (!outcome.answer.complete)
            break;
    }
    return combine(answers, NONE, backends.length);
}
const NONE = [];
/** Sets one parameter; leaves it where the answer has no such member. A value once taken stays as it was. */
async function take({ from, name, path }, answers, params, texts) {
    const answer = answers[from];
    if (!answer)
        return;
    if (path === null) {
        if (answer.body.kind !== 'raw')
            return;
        const text = texts.get(from) ?? answer.body.response.text();
        texts.set(from, text);
        params.set(name, await text);
        return;
    }
    const value = find(dataOf(answer.body) ?? {}, path);
    if (value !== undefined)
        params.set(name, Array.isArray(value) ? value.map(goText).join(',') : goText(value));
}
/** Walks to the member. Where a part is missing or no object, the last part is looked up in what was reached: KrakenD's way. */
function find(data, path) {
    let object = data;
    for (const part of path.slice(0, -1)) {
        const next = member(object, part);
        if (!isObject(next))
            break;
        object = next;
    }
    return member(object, path.at(-1));
}
/** Go's `%v`. */
function goText(value) {
    const number = numberText(value);
    if (number !== null)
        return number;
    if (value === null)
        return '<nil>';
    if (Array.isArray(value))
        return `[${value.map(goText).join(' ')}]`;
    if (!isObject(value))
        return String(value);
    const members = Object.keys(value).sort().map((key) => `${key}:${goText(value[key])}`);
    return `map[${members.join(' ')}]`;
}
