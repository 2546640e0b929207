import { type Shape } from '../json/shape.ts';
import type { CreateDecode } from '../types.ts';
export interface JsonOptions {
    /** object: is_collection is off. list: it is on. any: safejson, which wraps what is no object. */
    expects: 'object' | 'list' | 'any';
    shape: Shape;
    /** What the filters leave of `{"collection": …}` and `{"content": …}`, as the name it has then; null: nothing. */
    collection: string | null;
    content: string | null;
    maxBytes: number;
}
export declare const decode: CreateDecode<JsonOptions>;
