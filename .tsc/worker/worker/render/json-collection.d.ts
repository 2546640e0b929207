import type { CreateRender } from '../types.ts';
import { type WriterOptions } from './writer.ts';
export declare const render: CreateRender<WriterOptions>;
