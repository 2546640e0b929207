import { type SharedBody } from '../merge/body.ts';
import type { CreateStage } from '../types.ts';
export interface ConcurrentOptions extends SharedBody {
    calls: number;
    /** 75 % of the endpoint's time. */
    timeoutMs: number;
}
export declare const backend: CreateStage<'backend', ConcurrentOptions>;
