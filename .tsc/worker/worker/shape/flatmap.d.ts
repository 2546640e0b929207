import type { JsonObject } from '../types.ts';
export type Operation = {
    type: 'move' | 'append';
    from: readonly string[];
    to: readonly string[];
} | {
    type: 'del';
    paths: readonly (readonly string[])[];
};
/** Runs the operations in order. The result is no object only where all of the root's members are gone: null then. */
export declare function flatmap(data: JsonObject, operations: readonly Operation[]): JsonObject | null;
