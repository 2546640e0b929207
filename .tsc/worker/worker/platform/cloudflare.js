/** Cloudflare Workers. */
import { createGateway } from '../gateway.js';
import { log, platformFetch } from './common.js';
export const createPlatform = (env) => ({
    name: 'cloudflare',
    fetch: platformFetch,
    now: Date.now,
    binding: (name) => env[name],
    // Cloudflare sets this header itself; what clients send under the name does not get here.
    peer: (request) => request.headers.get('cf-connecting-ip') ?? '',
    namesClient: true,
    log,
});
/** The gateway as a Hono app. */
export const createApp = (program, uses) => createGateway({ program, uses, createPlatform });
/** The Worker's default export. */
export const serve = (program, uses) => ({ fetch: createApp(program, uses).fetch });
