import type { Platform, Program, Uses } from '../types.ts';
export declare const createPlatform: (env: unknown) => Platform;
/** The gateway as a Hono app. */
export declare const createApp: (program: Program, uses: Uses) => import("hono/tiny").Hono<import("hono/types").BlankEnv, import("hono/types").BlankSchema, "/">;
/** The Worker's default export. */
export declare const serve: (program: Program, uses: Uses) => {
    fetch: (request: Request, env?: unknown, executionCtx?: import("hono").ExecutionContext) => Response | Promise<Response>;
};
