/** The headers of the answers that Cuttle writes itself. */
import type { Answer, Made } from '../types.ts';
/** KrakenD sends this on every answer of an endpoint: true only for complete answers with data. */
export declare const COMPLETED = "x-krakend-completed";
export declare const VERSION = "x-krakend";
export interface WriterOptions {
    /** Cache-Control of complete answers, or null. */
    cacheControl: string | null;
}
/**
 * Makes the two sets of headers that an endpoint's answers have and copies them: cheaper than naming them for every answer.
 * Headers that scripts have given an answer are added if it has data.
 */
export declare function createWriter(type: string | null, { cacheControl }: WriterOptions, made: Made): (body: BodyInit | null, answer: Answer | null, hasData: boolean) => Response;
