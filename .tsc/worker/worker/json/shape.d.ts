/**
 * A backend's target, allow, deny, mapping and group as one program over the bytes of its answer: one pass validates the
 * whole text and finds the members that matter; the answer is made of spans of the text (proxy/RULES.md §3).
 * shape/data.ts does the same to parsed data; test/shape.test.ts holds them against each other.
 */
import type { JsonBody } from '../types.ts';
import { type Notes } from './scan.ts';
/** Names and what is within them; null: the value as a whole. A list, since `__proto__` is a name like any other. */
export type Tree = readonly (readonly [name: string, inner: Tree | null])[];
export interface Shape {
    target: readonly string[];
    /** allow; where it is given, `drop` is null. */
    keep: Tree | null;
    /** deny. */
    drop: Tree | null;
    /** mapping, top level only. */
    rename: readonly (readonly [from: string, to: string])[];
    group: string | null;
    /** Collect the names of the members that are left: a merge that does not know them needs them. */
    keys: boolean;
}
export declare const EMPTY_OBJECT: JsonBody;
/**
 * Makes the program. It is given a whole text and the position of its first value, which is an object, and throws
 * MALFORMED where the value is none that Go could read.
 */
export declare function createShape(shape: Shape): (bytes: Uint8Array<ArrayBuffer>, start: number, notes: Notes) => JsonBody;
/** Puts an object under one name. */
export declare function createGroup(group: string | null): (body: JsonBody) => JsonBody;
