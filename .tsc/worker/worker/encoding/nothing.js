/** `encoding: NO-OP`, not in lower case: KrakenD judges the status and then reads nothing. */
import { discard } from '../backend/read.js';
export const decode = () => (response) => {
    discard(response);
    return Promise.resolve({ status: 0, headers: null, complete: true, body: { kind: 'data', value: null } });
};
