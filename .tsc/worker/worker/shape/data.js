import { dataOf, isObject, member, setMember } from '../json/data.js';
import { flatmap } from './flatmap.js';
/** Error details (answers with a status that are not complete) are left as they are. */
export const backend = (shape) => {
    return (next) => async (request, ctx) => {
        const outcome = await next(request, ctx);
        const { answer } = outcome;
        if (!answer || (answer.status > 0 && !answer.complete))
            return outcome;
        return { ...outcome, answer: { ...answer, body: { kind: 'data', value: reshape(dataOf(answer.body), shape) } } };
    };
};
/** Changes `data` in place where it can. */
export function reshape(data, shape) {
    let value = shape.target.length ? extract(data, shape.target) : data;
    if (value && shape.flatmap)
        value = flatmap(value, shape.flatmap);
    else if (value)
        value = rename(filter(value, shape), shape.rename);
    return shape.group === null ? value : Object.fromEntries([[shape.group, value]]);
}
function extract(data, target) {
    let value = data;
    for (const part of target)
        value = isObject(value) ? member(value, part) : undefined;
    return isObject(value) ? value : {};
}
function filter(data, { keep, drop }) {
    if (keep)
        return pick(data, keep);
    if (drop)
        cut(data, drop);
    return data;
}
function pick(data, tree) {
    const picked = {};
    for (const [name, inner] of tree) {
        const value = member(data, name);
        if (value === undefined)
            continue;
        const left = inner ? (isObject(value) ? pick(value, inner) : {}) : value;
        if (!inner || Object.keys(left).length)
            setMember(picked, name, left);
    }
    return picked;
}
function cut(data, tree) {
    for (const [name, inner] of tree) {
        const value = member(data, name);
        if (!inner)
            delete data[name];
        else if (isObject(value))
            cut(value, inner);
    }
}
function rename(data, names) {
    for (const [from, to] of names) {
        if (!Object.hasOwn(data, from))
            continue;
        setMember(data, to, data[from]);
        delete data[from];
    }
    return data;
}
