/**
 * A validating scanner over the bytes of a JSON text: finds where values end and which members an object has, and builds
 * nothing. About 1 ns a byte; JSON.parse and JSON.stringify of the same text take four times that (bench/NOTES.md).
 *
 * It accepts what Go's decoder accepts. All functions take the position of a first byte and give the position behind.
 */
export declare const QUOTE = 34;
export declare const COMMA = 44;
export declare const OPEN_BRACKET = 91;
export declare const OPEN_BRACE = 123;
/** What a scan noticed on its way. */
export interface Notes {
    /** Bytes beyond ASCII: they may be no UTF-8. */
    beyondAscii: boolean;
    /** An escaped surrogate without its other half. */
    loneSurrogate: boolean;
}
/** Thrown for a text that is no JSON, or is cut. */
export declare const MALFORMED: unique symbol;
export declare function skipSpace(b: Uint8Array, i: number): number;
export declare function skipValue(b: Uint8Array, i: number, notes: Notes): number;
export declare function skipColon(b: Uint8Array, i: number): number;
/** From behind the opening quote. */
export declare function skipString(b: Uint8Array, i: number, notes: Notes): number;
/** The UTF-16 unit of a `\uXXXX` at `i`, or -1. */
export declare function escapedUnit(b: Uint8Array, i: number): number;
