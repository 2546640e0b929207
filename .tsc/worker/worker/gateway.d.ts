import { Hono } from 'hono/tiny';
import type { Platform, Program, Uses } from './types.ts';
export interface Gateway {
    program: Program;
    uses: Uses;
    /** Called at the isolate's first request, with what the platform calls its environment. */
    createPlatform(env: unknown): Platform;
}
/**
 * A compiled gateway as a Hono app: mount it with `app.route('/', gateway)`, or serve it as it is. Paths it does not know are
 * answered as KrakenD answers them, so routes of your own go before it.
 */
export declare function createGateway(gateway: Gateway): Hono;
