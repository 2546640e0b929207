/** The call itself. Redirects are followed by Go's rules, not by the platform's (client/redirect.ts). */
import type { CreateClient, UpstreamRequest } from '../types.ts';
export interface FetchOptions {
    /** send_body_on_redirect. */
    redirectBody: boolean;
}
export declare const call: CreateClient<FetchOptions>;
export declare function toInit(request: UpstreamRequest, signal: AbortSignal): RequestInit;
