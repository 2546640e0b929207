/** plugin/middleware (KrakenD Enterprise): plugins around an endpoint's pipeline, or a backend's. The first is the outermost. */
import type { PassNext, PluginRequest, PluginResponse } from '../plugins.ts'
import type { Context, CreateStage, Failure, GatewayRequest, Made, Outcome } from '../types.ts'
import { fromPluginRequest, openAnswer, type Opened, toOutcome, toPluginRequest } from './exchange.ts'
import { FUNCTION, loadPlugin, type PluginUse } from './load.ts'

export interface MiddlewareOptions {
  plugins: readonly PluginUse[]
}
type Send = (request: GatewayRequest, ctx: Context) => Promise<Outcome>
type Middleware = (request: PluginRequest, next: PassNext) => PluginResponse | Promise<PluginResponse>

/** What a plugin catches where there is no answer within. */
interface Missed extends Error {
  outcome: Outcome
}

function create({ plugins }: MiddlewareOptions, made: Made): (next: Send) => Send {
  const stages = plugins.map((use) => wrap(loadPlugin<Middleware>(use, FUNCTION, made), use.name))
  return (next) => stages.reduceRight((inner, stage) => stage(inner), next)
}

const wrap = (middleware: Middleware, name: string) => (next: Send): Send => async (request, ctx) => {
  let errors: readonly Failure[] = []
  const pass: PassNext = async (changed) => {
    const outcome = await next(fromPluginRequest(changed, request), ctx)
    if (!outcome.answer) throw Object.assign(new Error(outcome.errors[0]?.message ?? 'there is no answer'), { outcome, status: outcome.errors[0]?.status }) satisfies Missed
    errors = outcome.errors
    return openAnswer(outcome.answer)
  }
  try {
    const response = await middleware(toPluginRequest(request), pass)
    return { answer: isOpened(response) ? response.close() : made(response), errors }
  } catch (error) {
    return isMissed(error) ? error.outcome : toOutcome(error, name)
  }
}

const isMissed = (error: unknown): error is Missed => error instanceof Error && 'outcome' in error
const isOpened = (response: PluginResponse): response is Opened => 'close' in response

/** An answer of the plugin's own. */
function made({ data, complete, status, headers, body }: PluginResponse): NonNullable<Outcome['answer']> {
  if (body === null || body === undefined) return { status, headers, complete, body: { kind: 'data', value: data } }
  return { status, headers, complete, body: { kind: 'raw', response: new Response(body, { status: status || 200, headers }) } }
}

export const proxy: CreateStage<'proxy', MiddlewareOptions> = create
export const backend: CreateStage<'backend', MiddlewareOptions> = create
