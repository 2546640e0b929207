/** workerd on one's own machines. */
import { createGateway } from '../gateway.js';
import { log, platformFetch, withoutPort } from './common.js';
/** workerd tells the peer's address by the name that Cloudflare's own proxy uses for the client's. */
const peer = (request) => withoutPort(request.cf?.clientIp ?? '');
export const createPlatform = (env) => ({
    name: 'workerd',
    fetch: platformFetch,
    now: Date.now,
    binding: (name) => env[name],
    peer,
    namesClient: false,
    log,
});
/** The gateway as a Hono app. */
export const createApp = (program, uses) => createGateway({ program, uses, createPlatform });
/** The worker's default export. */
export const serve = (program, uses) => ({ fetch: createApp(program, uses).fetch });
