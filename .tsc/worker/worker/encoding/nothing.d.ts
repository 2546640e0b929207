import type { CreateDecode } from '../types.ts';
export declare const decode: CreateDecode<Record<string, never>>;
