/** `encoding: no-op`: the answer goes on as it came, whatever its status. */
import type { CreateDecode } from '../types.ts';
export declare const decode: CreateDecode<Record<string, never>>;
