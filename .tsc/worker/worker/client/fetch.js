import { followRedirects, isRedirect } from './redirect.js';
export const call = (options) => {
    return async (request, { signal }) => {
        const response = await request.fetch(request.url, toInit(request, signal));
        return isRedirect(response) ? followRedirects(request, response, signal, options.redirectBody) : response;
    };
};
export function toInit(request, signal) {
    return { method: request.method, headers: Object.fromEntries(request.headers), body: request.body, redirect: 'manual', signal };
}
