import type { CreateRespond, Use } from './types.ts';
export interface RespondOptions {
    timeoutMs: number;
    /** input_headers in lower case; null: all of them. */
    headers: readonly string[] | null;
    /** input_query_strings; null: all of them. */
    query: readonly string[] | null;
    render: Use;
}
export declare const respond: CreateRespond<RespondOptions>;
