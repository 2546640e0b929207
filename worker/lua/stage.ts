/** The stage that a proxy's and a backend's scripts have in common: pre, the next step, post (transform/RULES.md §2). */
import { fail, succeed, toFailure } from '../errors.ts'
import { readBody } from '../backend/read.ts'
import { call } from '../client/fetch.ts'
import type { Answer, Context, Failure, Fetch, GatewayRequest, Made, Outcome, Outside } from '../types.ts'
import { type Caller, release } from './api/http.ts'
import { REQUEST, type ScriptedRequest, scriptRequest } from './api/request.ts'
import { answerOf, RESPONSE, type ScriptedResponse, scriptResponse } from './api/response.ts'
import { createScript, type ScriptOptions } from './script.ts'
import type { State } from './state.ts'

export interface StageOptions extends ScriptOptions {
  hasPost: boolean
  skipNext: boolean
  /** The script may ask for the body of a no-op answer. */
  readsAnswer: boolean
  /** Expressions see its numbers, which are doubles. */
  doubles: boolean
  maxBytes: number
}

type Handle = (request: GatewayRequest, ctx: Context) => Promise<Outcome>

/** `pathOf`: the path that a script sees. */
export function createStage(options: StageOptions, made: Made, pathOf: (request: GatewayRequest) => string): (next: Handle) => Handle {
  const script = createScript(options, made, { request: REQUEST }, { response: RESPONSE })
  const callerOf = createCaller(made, options.maxBytes)
  return (next) => {
    const whole = async (request: GatewayRequest, ctx: Context): Promise<Outcome> => {
      const subject: Subject = { request: scriptRequest(request, pathOf(request)), http: options.waits ? callerOf(ctx) : undefined, doubles: options.doubles }
      try {
        const state = script.begin(subject)
        const refused = await script.run(state, 'pre')
        if (refused) return fail(refused)
        const outcome = withData(options.skipNext ? succeed(EMPTY) : await next(subject.request.now, ctx))
        return options.hasPost && !outcome.errors.length ? await post(state, subject, outcome.answer ?? EMPTY, ctx) : outcome
      } finally {
        if (subject.http) release(subject.http)
      }
    }
    const post = async (state: State, subject: Subject, answer: Answer, ctx: Context): Promise<Outcome> => {
      try {
        const raw = options.readsAnswer && answer.body.kind === 'raw' ? await readBody(answer.body.response, options.maxBytes) : null
        subject.response = scriptResponse(answer, raw)
        const failed = await script.run(state, 'post')
        return failed ? fail(failed) : succeed(answerOf(subject.response))
      } catch (error) {
        return fail(toFailure(error, ctx.deadline))
      }
    }
    if (options.hasPost || options.skipNext || options.waits) return whole
    return (request, ctx) => {
      const scripted = scriptRequest(request, pathOf(request))
      const refused = script.run(script.begin({ request: scripted }), 'pre') as Failure | null
      return refused ? Promise.resolve(fail(refused)) : next(scripted.now, ctx).then(withData)
    }
  }
}

interface Subject {
  request: ScriptedRequest
  response?: ScriptedResponse
  http: Caller | undefined
  doubles: boolean
}

/** Around a script `null` is an empty object, whether or not it looks at the answer (krakend-lua, registerResponseTable). */
function withData(outcome: Outcome): Outcome {
  const { answer, errors } = outcome
  return answer?.body.kind === 'data' && answer.body.value === null && !errors.length ? succeed({ ...answer, body: { kind: 'data', value: {} } }) : outcome
}

/** skip_next: an answer that the script fills. */
const EMPTY: Answer = Object.freeze({ status: 0, headers: null, complete: false, body: Object.freeze({ kind: 'data', value: null }) })

/** How a script's own calls go out. */
export function createCaller(made: Made, maxBytes: number): (ctx: Context) => Caller {
  const client = call({ redirectBody: true, buffer: null, gzip: true }, made)
  const fetch: Fetch = (url, init) => made.platform.fetch(url, { ...init, lazy: true })
  return (ctx) => ({ client, fetch, ctx, userAgent: made.site.service.product, maxBytes, unread: new Set() })
}

/** An endpoint's scripts run outside of its timeout; a call that never ends would hold the request. */
const CALL_MS = 30_000

export const contextFor = (made: Made, outside: Outside): Context => ({ ...outside, deadline: made.platform.startDeadline(CALL_MS), slots: null })

