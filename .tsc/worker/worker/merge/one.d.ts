/** One backend: nothing to merge. */
import type { CreateMerge } from '../types.ts';
export declare const merge: CreateMerge<Record<string, never>>;
