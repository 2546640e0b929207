/** `/__health`: the node answers (routing/RULES.md §5). */
import type { CreateRespond } from '../types.ts';
export declare const respond: CreateRespond<Record<string, never>>;
