/** JSON as data: what scripts, flatmap, XML, YAML and templates need. Numbers keep their text. */
import type { Body, JsonObject } from '../types.ts';
/** Parses valid JSON. About 4 × JSON.parse where numbers have to keep their text, so only then. */
export declare function parseData(text: string): unknown;
/** Lists and objects, but no raw numbers. */
export declare const isObject: (value: unknown) => value is JsonObject;
/** A number's text, of raw and of plain ones; null for what is none. */
export declare const numberText: (value: unknown) => string | null;
/** An own member: data may have members called `constructor` or `__proto__`. */
export declare const member: (object: JsonObject, key: string) => unknown;
/** Sets an own member, `__proto__` too. */
export declare function setMember(object: JsonObject, key: string, value: unknown): void;
/** A body's data, which its reader may change. no-op bodies have none: KrakenD gives them an empty object. */
export declare function dataOf(body: Body): JsonObject | null;
export declare function concat(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer>;
