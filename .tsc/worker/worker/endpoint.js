/** The innermost of the endpoint layer: a request goes to the proxy, its outcome is written (proxy/RULES.md §1, routing/RULES.md §6). */
import { startDeadline } from './deadline.js';
import { parseQuery } from './url.js';
import { COMPLETED, VERSION } from './render/writer.js';
export const respond = (options, made, proxy) => {
    const render = made.render(options.render);
    const readHeaders = createHeaderReader(options.headers, made.site.service.product);
    const readQuery = createQueryReader(options.query);
    const writeFailure = createFailureWriter(made);
    return async (incoming, ctx) => {
        const deadline = startDeadline(options.timeoutMs);
        const inner = { env: ctx.env, signal: deadline.signal, waitUntil: ctx.waitUntil };
        const request = {
            incoming,
            method: incoming.method,
            params: incoming.params,
            headers: readHeaders(incoming),
            query: readQuery(incoming),
            body: incoming.raw.body,
            path: '',
            url: '',
            fetch: made.platform.fetch,
        };
        const { answer, errors } = await proxy(request, inner);
        for (const { message } of errors)
            made.platform.log('error', `${made.site.method} ${made.site.path}: ${message}`);
        if (answer?.body.kind !== 'raw')
            deadline.clear();
        return answer || errors.length === 0 ? render(answer, incoming) : writeFailure(errors);
    };
};
/** Never forwarded: the connection's own, and Host, which is the upstream's. */
const NOT_FORWARDED = new Set(['host', 'connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'te', 'trailer', 'upgrade', 'content-length', 'expect']);
function createHeaderReader(names, product) {
    const listed = names?.filter((name) => !NOT_FORWARDED.has(name));
    return (incoming) => {
        const { headers } = incoming;
        const map = new Map();
        if (listed) {
            for (const name of listed) {
                const value = headers.get(name);
                if (value !== null)
                    map.set(name, value);
            }
        }
        else
            for (const [name, value] of headers)
                if (!NOT_FORWARDED.has(name))
                    map.set(name, value);
        map.set('x-forwarded-for', incoming.clientIp());
        map.set('x-forwarded-host', headers.get('host') ?? '');
        if (map.has('user-agent'))
            map.set('x-forwarded-via', product);
        else
            map.set('user-agent', product);
        return map;
    };
}
const NO_QUERY = new Map();
function createQueryReader(names) {
    if (names?.length === 0)
        return () => NO_QUERY;
    return ({ search }) => {
        if (search === '')
            return NO_QUERY;
        const query = parseQuery(search);
        if (!names)
            return query;
        const listed = new Map();
        for (const name of names) {
            const values = query.get(name);
            if (values)
                listed.set(name, values);
        }
        return listed;
    };
}
/** No answer at all: 500 or the error's own status, and no body unless the service says return_error_msg. */
function createFailureWriter({ site: { service } }) {
    return (errors) => {
        const headers = new Headers({ [VERSION]: service.version, [COMPLETED]: 'false' });
        const status = errors.length === 1 ? (errors[0].status ?? 500) : 500;
        if (!service.errorMessages)
            return new Response(null, { status, headers });
        const text = errors.map(messageOf).join('\n');
        if (text)
            headers.set('content-type', (errors.length === 1 && errors[0].type) || 'text/plain; charset=utf-8');
        return new Response(text || null, { status, headers });
    };
}
const messageOf = ({ message }) => message;
