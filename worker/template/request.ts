/** Requests whose body a template makes (KrakenD Enterprise, body-generator). */
import { fail } from '../errors.ts'
import { parseData } from '../json/data.ts'
import type { Context, CreateStage, GatewayRequest, Made, Outcome } from '../types.ts'
import { type CreateTemplate, requestValues, type TemplateOptions, toValue } from './body.ts'

type Send = (request: GatewayRequest, ctx: Context) => Promise<Outcome>
const encoder = new TextEncoder()

const create = ({ template, contentType, variables }: TemplateOptions, made: Made): ((next: Send) => Send) => {
  const run = (made.code(template) as CreateTemplate)()
  const own = toValue(variables)
  return (next) => (request, ctx) => {
    let text: string
    try {
      text = run(new Map([...requestValues(request, parseData), ['variables', own]]))
    } catch (error) {
      return Promise.resolve(fail({ kind: 'refused', message: (error as Error).message }))
    }
    const body = text ? encoder.encode(text) : null
    const headers = new Map(request.headers).set('content-type', contentType)
    if (headers.has('content-length')) headers.set('content-length', String(body?.length ?? 0))
    return next({ ...request, headers, body }, ctx)
  }
}

export const proxy: CreateStage<'proxy', TemplateOptions> = create
export const backend: CreateStage<'backend', TemplateOptions> = create
