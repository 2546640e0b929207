import type { CreateDecode } from '../types.ts';
export interface StringOptions {
    maxBytes: number;
}
/** Invalid UTF-8 stays invalid in KrakenD until it is written as JSON; here it is U+FFFD from the start. */
export declare const decode: CreateDecode<StringOptions>;
