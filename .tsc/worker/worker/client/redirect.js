import { toInit } from './fetch.js';
/** Requests in all, the first one included. */
const MOST = 10;
const FOLLOWED = new Set([301, 302, 303, 307, 308]);
export const isRedirect = ({ status }) => status >= 300 && FOLLOWED.has(status);
/** Follows until an answer is none, or none that may be followed: that one is the answer then. */
export async function followRedirects(first, answer, signal, redirectBody) {
    let request = first;
    let response = answer;
    for (let requests = 1; isRedirect(response); requests++) {
        const next = nextRequest(request, response, redirectBody);
        if (!next)
            break;
        if (requests === MOST)
            throw { kind: 'network', message: `stopped after ${MOST} redirects` };
        await response.body?.cancel();
        request = next;
        response = await request.fetch(request.url, toInit(request, signal));
    }
    return response;
}
/** null where Go does not follow: without a Location, and 307 or 308 of a request that had a body. */
function nextRequest(request, { status, headers }, redirectBody) {
    const location = headers.get('location');
    const keepsMethod = status === 307 || status === 308;
    if (!location || (keepsMethod && request.body !== null && !redirectBody))
        return null;
    const from = new URL(request.url);
    const to = new URL(location, from);
    to.hash = '';
    const method = keepsMethod || request.method === 'HEAD' ? request.method : 'GET';
    const body = keepsMethod ? request.body : null;
    return { ...request, method, body, url: to.href, headers: nextHeaders(request.headers, from, to, !keepsMethod) };
}
function nextHeaders(headers, from, to, dropsBody) {
    const next = new Map(headers);
    if (dropsBody)
        for (const name of ['content-type', 'content-encoding', 'content-language', 'content-location'])
            next.delete(name);
    if (from.hostname !== to.hostname && !to.hostname.endsWith(`.${from.hostname}`)) {
        for (const name of ['authorization', 'cookie', 'cookie2', 'www-authenticate'])
            next.delete(name);
    }
    if (from.protocol === 'https:' && to.protocol === 'http:')
        next.delete('referer');
    else
        next.set('referer', refererOf(from));
    return next;
}
function refererOf(from) {
    const url = new URL(from);
    url.username = url.password = '';
    return url.href;
}
