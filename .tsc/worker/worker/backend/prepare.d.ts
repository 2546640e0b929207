import type { CreateStage } from '../types.ts';
export interface PrepareOptions {
    method: string;
    /** Origins, or whatever text disable_host_sanitize lets stand; `service://NAME` is a binding. */
    hosts: readonly string[];
    /** Literals, and names of parameters in lists of one. */
    pattern: readonly (string | readonly [parameter: string])[];
    /** The literals need no rewriting and parameters stand in the path: what is plain can be put in as it is. */
    plain: boolean;
    /** input_headers of the backend in lower case, input_query_strings; null: all that the endpoint lets through. */
    headers: readonly string[] | null;
    query: readonly string[] | null;
}
export declare const backend: CreateStage<'backend', PrepareOptions>;
