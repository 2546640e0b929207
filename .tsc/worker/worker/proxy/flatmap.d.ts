import { type Operation } from '../shape/flatmap.ts';
import type { CreateStage } from '../types.ts';
export declare const proxy: CreateStage<'proxy', readonly Operation[]>;
