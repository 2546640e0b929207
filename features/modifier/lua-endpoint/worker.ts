/** Scripts before an endpoint, or before all of them: they see what the client sent, and may refuse it (transform/RULES.md §2). */
import { release } from '../../../worker/lua/api/http.ts'
import { CONTEXT, scriptContext } from '../../../worker/lua/api/context.ts'
import { createScript, type ScriptOptions } from '../../../worker/lua/script.ts'
import { contextFor, createCaller } from '../../../worker/lua/stage.ts'
import { type BodyLimits, readRequestBody } from '../../../worker/request-body.ts'
import { toFailure, told } from '../../../worker/errors.ts'
import type { CreateStage, Failure, Incoming, Made, Outside } from '../../../worker/types.ts'

export interface Options extends ScriptOptions {
  /** The script may ask for the body, so it is read first. */
  body: BodyLimits | null
  maxBytes: number
}

/** The service's own script: all of its errors are 500. */
export const route: CreateStage<'route', Options> = (options, made) => create(options, made, () => new Response(null, { status: 500 }))

export const endpoint: CreateStage<'endpoint', Options> = (options, made) => create(options, made, refuse)

/** Never a body, and none of the gateway's headers. */
const refuse = ({ status = 500, type }: Failure): Response => new Response(null, { status, ...(type && { headers: { 'content-type': type } }) })

type Handle = (incoming: Incoming, outside: Outside) => Promise<Response>

function create(options: Options, made: Made, refuse: (failure: Failure) => Response): (next: Handle) => Handle {
  const { path, method } = made.site
  const script = createScript(options, made, { ctx: CONTEXT })
  const callerOf = createCaller(made, options.maxBytes)
  const report = (failure: Failure): Response => {
    made.platform.log('error', `${method} ${path}: ${told(failure)}`)
    return refuse(failure)
  }
  return (next) => {
    const run = (incoming: Incoming, outside: Outside, body: Uint8Array<ArrayBuffer> | null): Promise<Response> => {
      const ctx = scriptContext(incoming, body)
      const http = options.waits ? callerOf(contextFor(made, outside)) : undefined
      const goOn = (failure: Failure | null): Promise<Response> => {
        if (http) {
          http.ctx.deadline.clear()
          release(http)
        }
        if (failure) return Promise.resolve(report(failure))
        if (ctx.body) replaceBody(incoming, ctx.body)
        return next(incoming, outside)
      }
      const failed = script.run(script.begin({ ctx, http }), 'pre')
      return failed instanceof Promise ? failed.then(goOn) : goOn(failed)
    }
    const limits = options.body
    if (!limits) return (incoming, outside) => run(incoming, outside, null)
    return async (incoming, outside) => {
      if (!incoming.raw.body) return run(incoming, outside, null)
      const body = await readRequestBody(incoming.raw, limits).catch(toFailure)
      return body instanceof Uint8Array ? run(incoming, outside, body) : report(body)
    }
  }
}

/** What was read is gone: the same request with the script's body. */
function replaceBody(incoming: Incoming, body: Uint8Array<ArrayBuffer>): void {
  const { url, method, headers } = incoming.raw
  if (method === 'GET' || method === 'HEAD') return
  incoming.raw = new Request(url, { method, headers, body: body.length ? body : null })
  incoming.headers = new Headers(incoming.headers)
  incoming.headers.set('content-length', String(body.length))
}
