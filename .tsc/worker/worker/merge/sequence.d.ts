import type { CreateMerge } from '../types.ts';
import { type SharedBody } from './body.ts';
export interface SequenceOptions extends SharedBody {
    timeoutMs: number;
    /** What each step's parameters take from earlier answers. */
    steps: readonly (readonly Taken[])[];
}
export interface Taken {
    /** The step whose answer is asked. */
    from: number;
    /** The parameter: `Resp0_id`. */
    name: string;
    /** Member within member; null: the whole text of a no-op answer. */
    path: readonly string[] | null;
}
export declare const merge: CreateMerge<SequenceOptions>;
