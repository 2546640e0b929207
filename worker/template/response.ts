/** Answers that a template makes (KrakenD Enterprise, response-body-generator). Errors go past it. */
import { readBody } from '../backend/read.ts'
import { fail, toFailure } from '../errors.ts'
import { dataOf, isObject, parseData } from '../json/data.ts'
import type { Answer, Body, Context, CreateStage, GatewayRequest, JsonObject, Made, Outcome } from '../types.ts'
import { type CreateTemplate, requestValues, type TemplateOptions, toBody, toValue } from './body.ts'
import type { Value } from './value.ts'

type Send = (request: GatewayRequest, ctx: Context) => Promise<Outcome>

const create = ({ template, contentType, variables, maxBytes }: TemplateOptions, made: Made): ((next: Send) => Send) => {
  const run = (made.code(template) as CreateTemplate)()
  const own = toValue(variables)
  async function rewrite(answer: Answer, request: GatewayRequest): Promise<Answer> {
    const { body, headers, status } = answer
    const found = body.kind === 'raw' ? toBody(await readBody(body.response, maxBytes), parseData) : toValue(dataOf(body) ?? {})
    const text = run(new Map<string, Value>([...requestValues(request, parseData), ['resp_body', found], ['resp_status', BigInt(status)], ['resp_headers', toValue(valuesOf(headers))], ['variables', own]]))
    return { ...answer, body: body.kind === 'raw' ? rawBody(text, body.response, contentType) : { kind: 'data', value: dataIn(text) } }
  }
  return (next) => async (request, ctx) => {
    const outcome = await next(request, ctx)
    const { answer, errors } = outcome
    if (!answer || errors.length) return outcome
    try {
      const made = await rewrite(answer, request)
      return { answer: made.body.kind === 'raw' ? { ...made, headers: made.body.response.headers } : made, errors }
    } catch (error) {
      return fail(toFailure(error, ctx.deadline))
    }
  }
}

const valuesOf = (headers: Headers | null): { [name: string]: string[] } => Object.fromEntries([...(headers ?? [])].map(([name, value]) => [name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase()), [value]]))

function rawBody(text: string, { headers, status }: Response, contentType: string): Body {
  const own = new Headers(headers)
  for (const name of ['content-length', 'content-encoding', 'etag']) own.delete(name)
  own.set('content-type', contentType)
  return { kind: 'raw', response: new Response(text, { status, headers: own }) }
}

/** As KrakenD wraps what is no object. */
function dataIn(text: string): JsonObject {
  let value: unknown
  try {
    value = parseData(text)
  } catch {
    return { content: text }
  }
  return isObject(value) ? value : Array.isArray(value) ? { collection: value } : { content: value }
}

export const proxy: CreateStage<'proxy', TemplateOptions> = create
export const backend: CreateStage<'backend', TemplateOptions> = create
