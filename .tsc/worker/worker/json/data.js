const decoder = new TextDecoder();
const json = JSON;
/** Texts that may hold a number which a double would write otherwise: 17 digits, `1.50`, `1e3`, `-0`. In strings it does no harm. */
const MAYBE_UNSAFE = /[\d.]{16}|\.\d*0(?!\d)|\d[eE][-+\d]|-0(?![.\d])/;
/** Parses valid JSON. About 4 × JSON.parse where numbers have to keep their text, so only then. */
export function parseData(text) {
    if (!MAYBE_UNSAFE.test(text))
        return JSON.parse(text);
    return json.parse(text, (_key, value, { source }) => (typeof value === 'number' && String(value) !== source ? json.rawJSON(source) : value));
}
/** Lists and objects, but no raw numbers. */
export const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value) && !json.isRawJSON(value);
/** A number's text, of raw and of plain ones; null for what is none. */
export const numberText = (value) => typeof value === 'number' ? String(value) : json.isRawJSON(value) ? value.rawJSON : null;
/** An own member: data may have members called `constructor` or `__proto__`. */
export const member = (object, key) => (Object.hasOwn(object, key) ? object[key] : undefined);
/** Sets an own member, `__proto__` too. */
export function setMember(object, key, value) {
    if (key === '__proto__')
        Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
    else
        object[key] = value;
}
/** A body's data, which its reader may change. no-op bodies have none: KrakenD gives them an empty object. */
export function dataOf(body) {
    if (body.kind === 'data')
        return body.value;
    return body.kind === 'raw' ? {} : parseData(textOf(body.pieces));
}
function textOf(pieces) {
    return pieces.length === 1 ? decoder.decode(pieces[0]) : decoder.decode(concat(pieces));
}
export function concat(pieces) {
    let length = 0;
    for (const piece of pieces)
        length += piece.length;
    const whole = new Uint8Array(length);
    let at = 0;
    for (const piece of pieces) {
        whole.set(piece, at);
        at += piece.length;
    }
    return whole;
}
