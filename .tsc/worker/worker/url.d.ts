/**
 * Go's rules for paths and queries (net/url), which differ from the URL standard's.
 *
 * Go keeps decoded text as bytes. Here a byte that is part of no valid UTF-8 sequence stands as U+DC80…U+DCFF,
 * as Python's surrogateescape does, so that `%FF` survives decoding and encoding.
 */
import type { Query } from './types.ts';
/** Percent-decodes `text`. null where an escape is malformed. */
export declare function unescape(text: string): string | null;
/** What Go quotes of a malformed escape: at most three characters. */
export declare function badEscape(text: string): string;
/** Length of the valid UTF-8 sequence at `i`, 0 if there is none. */
export declare function sequenceLength(bytes: Uint8Array, i: number): number;
/** A decoded path as Go writes it into a Location. */
export declare const escapePath: (path: string) => string;
/**
 * The address that Go makes of `text`, host and filled pattern: the path kept if it is valid as it stands, otherwise
 * decoded and written anew; the query verbatim; the fragment dropped. null where Go refuses it (routing/RULES.md §6).
 */
export declare function parseAddress(text: string): string | null;
/** True where a parameter's value can stand in a path as it is, with no need for parseAddress. */
export declare const isPlainInPath: (value: string) => boolean;
/** A query as Go reads it: pairs that hold `;` or a malformed escape are left out. */
export declare function parseQuery(search: string): Query;
/** A query as Go writes it: sorted by name, values in order. */
export declare function encodeQuery(query: Query): string;
/** Go compares bytes of UTF-8; JavaScript UTF-16 units: they differ only where a surrogate meets U+E000 and above. */
export declare function byBytes(a: string, b: string): number;
