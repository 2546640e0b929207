/** `output_encoding: no-op`: status, headers and body of the upstream, with the gateway's own headers added. */
import type { CreateRender } from '../types.ts';
export declare const render: CreateRender<{
    cacheControl: string | null;
}>;
