import type { CreateTransport } from '../types.ts';
export interface HttpOptions {
    /** GET and HEAD have no body in fetch. */
    sendsBody: boolean;
    anyStatus: boolean;
    /** return_error_details: its name. */
    details: string | null;
    /** return_error_code, where no return_error_details stands beside it. */
    code: boolean;
    /** `[GET /x/{{.Id}}]`: method and pattern as configured, for messages. */
    label: string;
    maxBytes: number;
}
export declare const transport: CreateTransport<HttpOptions>;
