/** target, allow, deny, mapping, flatmap and group over parsed data: where a text's bytes were no JSON, or flatmap runs (proxy/RULES.md §3, §4). */
import type { Shape } from '../json/shape.ts';
import type { CreateStage, JsonObject } from '../types.ts';
import { type Operation } from './flatmap.ts';
export interface DataShape extends Shape {
    /** Takes the place of allow, deny and mapping. */
    flatmap: readonly Operation[] | null;
}
/** Error details (answers with a status that are not complete) are left as they are. */
export declare const backend: CreateStage<'backend', DataShape>;
/** Changes `data` in place where it can. */
export declare function reshape(data: JsonObject | null, shape: DataShape): JsonObject | null;
