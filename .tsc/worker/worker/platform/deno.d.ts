import type { Platform, Program, Uses } from '../types.ts';
export declare const createPlatform: () => Platform;
/** The gateway as a Hono app. */
export declare const createApp: (program: Program, uses: Uses) => import("hono/tiny").Hono<import("hono/types").BlankEnv, import("hono/types").BlankSchema, "/">;
/** Serves until SIGTERM or SIGINT; then open requests and what outlives its answer are finished first. */
export declare function serve(program: Program, uses: Uses, listen: {
    port: number;
    address: string;
}): void;
