import type { Answer, CreateRender } from '../types.ts';
import { type WriterOptions } from './writer.ts';
export declare const render: CreateRender<WriterOptions>;
/** KrakenD's `len(response.Data) > 0`. */
export declare function hasMembers(answer: Answer | null): boolean;
