import { sniff } from './sniff.js';
import { COMPLETED, VERSION } from './writer.js';
/** What belongs to the upstream's connection, and what the platform has undone or sets itself. */
const HOP_BY_HOP = ['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'trailer', 'te'];
const NO_BODY = new Set([101, 204, 205, 304]);
export const render = (_options, made) => {
    const { version } = made.site.service;
    return async (answer) => {
        const upstream = answer?.body.kind === 'raw' ? answer.body.response : null;
        const headers = new Headers(answer?.headers ?? undefined);
        for (const name of HOP_BY_HOP)
            headers.delete(name);
        headers.append(VERSION, version);
        headers.append(COMPLETED, 'false');
        if (!upstream)
            return new Response(null, { status: answer ? statusOf(answer) : 500, headers });
        let body = NO_BODY.has(answer.status) ? null : upstream.body;
        if (body && !headers.has('content-type'))
            body = await sniff(body, headers);
        return new Response(body, { status: statusOf(answer), headers });
    };
};
const statusOf = (answer) => answer.status || 200;
