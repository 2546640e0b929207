/** `output_encoding: json`. Members keep the order and the spelling in which they arrived (docs/compatibility.md). */
import { concat } from '../json/data.js';
import { createWriter } from './writer.js';
export const render = (options, made) => {
    const write = createWriter('application/json; charset=utf-8', options, made);
    return (answer) => write(jsonOf(answer), answer, hasMembers(answer));
};
/** KrakenD's `len(response.Data) > 0`. */
export function hasMembers(answer) {
    if (!answer || answer.body.kind === 'raw')
        return false;
    if (answer.body.kind === 'json')
        return answer.body.members > 0;
    const { value } = answer.body;
    for (const key in value)
        if (Object.hasOwn(value, key))
            return true;
    return false;
}
function jsonOf(answer) {
    if (!answer || answer.body.kind === 'raw')
        return '{}';
    const { body } = answer;
    if (body.kind === 'data')
        return JSON.stringify(body.value);
    return body.pieces.length === 1 ? body.pieces[0] : concat(body.pieces);
}
