import type { EndpointPlan, Handler, Platform, Program, Row, Uses } from './types.ts';
/** One tree a method; an endpoint is built on its first request. */
export declare function createRouting(program: Program, uses: Uses, platform: Platform): Handler<'service'>;
/** Fills the holes of a kind with the row's values (compiler/emit/rows.ts digs them). */
export declare function planOf({ kinds }: Pick<Program, 'kinds'>, [, , kind, ...values]: Row): EndpointPlan;
