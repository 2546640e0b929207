/** `output_encoding: string`: the member `content`, if it is a text. */
import { dataOf, member } from '../json/data.js';
import { hasMembers } from './json.js';
import { createWriter } from './writer.js';
export const render = (options, made) => {
    const write = createWriter('text/plain; charset=utf-8', options, made);
    return (answer) => {
        const data = answer ? dataOf(answer.body) : null;
        const content = data ? member(data, 'content') : '';
        return write(typeof content === 'string' ? content : '', answer, hasMembers(answer));
    };
};
