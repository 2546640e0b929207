/** An endpoint that KrakenD registers but cannot build (all of its backends are shadows): a bare 500, always. */
import type { CreateRespond } from '../types.ts';
export declare const respond: CreateRespond<Record<string, never>>;
