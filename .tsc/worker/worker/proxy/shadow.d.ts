import type { CreateStage, ProxyPlan } from '../types.ts';
export interface ShadowOptions {
    pipeline: ProxyPlan;
    timeoutMs: number;
    /** The client's body is sent twice, so it has to be read first: at most so many bytes. */
    bufferBytes: number;
}
export declare const proxy: CreateStage<'proxy', ShadowOptions>;
