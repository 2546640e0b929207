import type { CreateStage, Json } from '../types.ts';
export interface StaticOptions {
    data: {
        readonly [key: string]: Json;
    };
    strategy: 'always' | 'success' | 'complete' | 'errored' | 'incomplete';
}
export declare const proxy: CreateStage<'proxy', StaticOptions>;
