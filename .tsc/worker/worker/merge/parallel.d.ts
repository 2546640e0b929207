import type { CreateMerge } from '../types.ts';
import { type SharedBody } from './body.ts';
export interface ParallelOptions extends SharedBody {
    /** 85 % of the endpoint's time. */
    timeoutMs: number;
}
export declare const merge: CreateMerge<ParallelOptions>;
