/** Makes the backend's own request: query filter, url_pattern, host, header filter (proxy/RULES.md §1 a, b, d, e). */
import { fail, NO_HOSTS } from '../errors.js';
import { encodeQuery, isPlainInPath, parseAddress } from '../url.js';
export const backend = (options, { platform }) => {
    const fill = createPattern(options);
    const targets = options.hosts.map((host) => createTarget(host, platform));
    return (next) => (request, ctx) => {
        const target = targets.length === 1 ? targets[0] : targets[Math.floor(Math.random() * targets.length)];
        if (!target)
            return Promise.resolve(fail(NO_HOSTS));
        const path = fill(request.params);
        const address = path.plain ? target.base + path.text : parseAddress(target.base + path.text);
        if (address === null)
            return Promise.resolve(fail(badAddress(target.base + path.text)));
        const query = options.query ? pick(request.query, options.query) : request.query;
        const own = {
            incoming: request.incoming,
            method: options.method,
            params: request.params,
            headers: options.headers ? pick(request.headers, options.headers) : request.headers,
            query,
            body: request.body,
            path: path.text,
            url: query.size ? `${address}${address.includes('?') ? '&' : '?'}${encodeQuery(query)}` : address,
            fetch: target.fetch,
        };
        return next(own, ctx);
    };
};
const badAddress = (text) => ({ kind: 'url', message: `parse ${JSON.stringify(text)}: invalid URL` });
function pick(from, names) {
    const picked = new Map();
    for (const name of names) {
        const value = from.get(name);
        if (value !== undefined)
            picked.set(name, value);
    }
    return picked;
}
/** Fills the pattern. Parameters that a request does not have leave `{{.Name}}`, as in KrakenD. */
function createPattern({ pattern, plain }) {
    const [only] = pattern;
    if (pattern.length === 1 && typeof only === 'string') {
        const filled = { text: only, plain };
        return () => filled;
    }
    return (params) => {
        let text = '';
        let stillPlain = plain;
        for (const part of pattern) {
            if (typeof part === 'string')
                text += part;
            else {
                const value = params.get(part[0]) ?? `{{.${part[0]}}}`;
                stillPlain &&= isPlainInPath(value);
                text += value;
            }
        }
        return { text, plain: stillPlain };
    };
}
const SERVICE = 'service://';
/** `service://NAME`: a service binding, or where the platform has none, the address in the environment's NAME. */
function createTarget(host, platform) {
    if (!host.startsWith(SERVICE))
        return { base: host, fetch: platform.fetch };
    const name = host.slice(SERVICE.length);
    const binding = platform.binding(name);
    if (typeof binding === 'string')
        return { base: binding.replace(/\/$/, ''), fetch: platform.fetch };
    if (isFetcher(binding))
        return { base: `http://${name.toLowerCase()}`, fetch: (url, init) => binding.fetch(url, init) };
    const missing = { kind: 'network', message: `service://${name}: nothing is bound to ${name}` };
    return { base: 'http://unbound', fetch: () => Promise.reject(missing) };
}
const isFetcher = (value) => typeof value === 'object' && value !== null && 'fetch' in value;
