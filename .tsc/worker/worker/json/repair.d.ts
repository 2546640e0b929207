import { type Notes } from './scan.ts';
/** The text as Go reads it, or null if there is nothing to repair. */
export declare function repair(bytes: Uint8Array, notes: Notes): Uint8Array<ArrayBuffer> | null;
