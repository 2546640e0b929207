import { Hono } from 'hono/tiny';
import { assembleLayer } from './assemble.js';
import { createRouting } from './routing.js';
import { unescape } from './url.js';
/**
 * A compiled gateway as a Hono app: mount it with `app.route('/', gateway)`, or serve it as it is. Paths it does not know are
 * answered as KrakenD answers them, so routes of your own go before it.
 */
export function createGateway(gateway) {
    let handle = null;
    const app = new Hono();
    app.all('*', (c) => {
        handle ??= createHandle(gateway, gateway.createPlatform(c.env));
        return handle(c.req.raw, c);
    });
    return app;
}
function createHandle({ program, uses }, platform) {
    const site = { service: program.service, method: '', path: '' };
    const handle = assembleLayer('service', program.stages, uses, platform, site, createRouting(program, uses, platform));
    const clientIp = program.clientIp ? uses[program.clientIp[0]].clientIp(program.clientIp[1]) : null;
    return async (raw, c) => {
        const incoming = readRequest(raw);
        if (!incoming)
            return new Response('400 Bad Request', { status: 400, headers: { 'content-type': 'text/plain; charset=utf-8' } });
        incoming.clientIp = () => {
            const peer = platform.peer(raw, c.env);
            return clientIp ? clientIp(incoming.headers, peer) : peer;
        };
        const ctx = { env: c.env, signal: raw.signal, waitUntil: (work) => c.executionCtx.waitUntil(work) };
        try {
            return await handle(incoming, ctx);
        }
        catch (error) {
            platform.log('error', `${raw.method} ${incoming.path}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
            return new Response(null, { status: 500 });
        }
    };
}
const NO_PARAMS = new Map();
const nobody = () => '';
/** null where the path has a malformed escape: Go's server refuses that before anything else. */
function readRequest(raw) {
    const { url } = raw;
    const start = url.indexOf('/', url.indexOf('://') + 3);
    const mark = url.indexOf('?', start);
    const path = unescape(mark < 0 ? url.slice(start) : url.slice(start, mark));
    const search = mark < 0 ? '' : url.slice(mark + 1);
    return path === null ? null : { raw, method: raw.method, path, search, params: NO_PARAMS, headers: raw.headers, clientIp: nobody };
}
