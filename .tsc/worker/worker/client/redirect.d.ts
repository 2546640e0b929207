/** Go's http.Client on 3xx answers (routing/RULES.md §6, proxy/RULES.md §11). */
import type { UpstreamRequest } from '../types.ts';
export declare const isRedirect: ({ status }: Response) => boolean;
/** Follows until an answer is none, or none that may be followed: that one is the answer then. */
export declare function followRedirects(first: UpstreamRequest, answer: Response, signal: AbortSignal, redirectBody: boolean): Promise<Response>;
