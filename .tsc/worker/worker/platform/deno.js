/** Deno, self-hosted and on Deno Deploy. */
import { createGateway } from '../gateway.js';
import { log, platformFetch } from './common.js';
export const createPlatform = () => ({
    name: 'deno',
    fetch: platformFetch,
    now: Date.now,
    binding: (name) => Deno.env.get(name),
    peer: (_request, info) => info.remoteAddr.hostname,
    namesClient: false,
    log,
});
/** The gateway as a Hono app. */
export const createApp = (program, uses) => createGateway({ program, uses, createPlatform });
/** Serves until SIGTERM or SIGINT; then open requests and what outlives its answer are finished first. */
export function serve(program, uses, listen) {
    const app = createApp(program, uses);
    const pending = new Set();
    const waitUntil = (work) => {
        pending.add(work);
        void work.catch(() => undefined).finally(() => pending.delete(work));
    };
    const ctx = { waitUntil, passThroughOnException: () => undefined, props: {} };
    const port = Number(Deno.env.get('PORT') ?? listen.port);
    const server = Deno.serve({ port, hostname: listen.address, onListen: () => undefined }, (request, info) => app.fetch(request, info, ctx));
    const stop = async () => {
        await server.shutdown();
        await Promise.allSettled(pending);
        Deno.exit(0);
    };
    for (const signal of ['SIGTERM', 'SIGINT'])
        Deno.addSignalListener(signal, () => void stop());
}
