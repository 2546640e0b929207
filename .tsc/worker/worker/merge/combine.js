/** Putting answers together, top-level members only, later ones over earlier ones (lura's combineData, proxy/RULES.md §5). */
import { discard } from '../backend/read.js';
import { dataOf, setMember } from '../json/data.js';
const OPEN = new TextEncoder().encode('{');
const CLOSE = new TextEncoder().encode('}');
const COMMA = new TextEncoder().encode(',');
/** The outcome of backends that answered in this order. `expected`: how many were to answer. */
export function combine(parts, errors, expected) {
    if (parts.length === 0)
        return { answer: null, errors };
    const all = parts.length === expected;
    if (parts.length === 1)
        return { answer: { ...parts[0], complete: parts[0].complete && all }, errors };
    const filled = parts.filter((part) => !isNull(part.body));
    const complete = all && filled.length === parts.length && filled.every((part) => part.complete);
    return { answer: { status: 0, headers: null, complete, body: combineBodies(filled.map((part) => part.body)) }, errors };
}
const isNull = (body) => body.kind === 'data' && body.value === null;
function combineBodies(bodies) {
    for (const body of bodies)
        if (body.kind === 'raw')
            discard(body.response);
    const parts = bodies.filter((body) => body.kind !== 'raw');
    if (parts.every((body) => body.kind === 'json') && namesDiffer(parts))
        return join(parts);
    const value = {};
    for (const part of parts)
        for (const [key, item] of Object.entries(dataOf(part) ?? {}))
            setMember(value, key, item);
    return { kind: 'data', value };
}
function namesDiffer(parts) {
    const names = new Set();
    let count = 0;
    for (const { keys, members } of parts) {
        if (!keys && members)
            return false;
        for (const key of keys ?? []) {
            names.add(key);
            count++;
        }
    }
    return names.size === count;
}
function join(parts) {
    const pieces = [OPEN];
    const keys = [];
    for (const part of parts) {
        if (!part.members)
            continue;
        if (pieces.length > 1)
            pieces.push(COMMA);
        pieces.push(...inside(part.pieces));
        keys.push(...part.keys);
    }
    pieces.push(CLOSE);
    return { kind: 'json', pieces, members: keys.length, keys };
}
/** The pieces without the object's own braces. */
function inside(pieces) {
    const inner = [...pieces];
    inner[0] = inner[0].subarray(1);
    inner[inner.length - 1] = inner.at(-1).subarray(0, -1);
    return inner;
}
