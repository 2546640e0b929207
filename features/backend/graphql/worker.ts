/** A REST request as a GraphQL query or mutation (transform/RULES.md §3). */
import { fail } from '../../../worker/errors.ts'
import { canonical } from '../../../worker/json/canonical.ts'
import { isObject, setMember } from '../../../worker/json/data.ts'
import { repair } from '../../../worker/json/repair.ts'
import type { CreateStage, Failure, GatewayRequest, Params } from '../../../worker/types.ts'
import { lenient } from '../../../worker/utf8.ts'

export interface Options {
  type: 'query' | 'mutation'
  /** GET goes without query and variables, as KrakenD's does: its address is complete by then. */
  method: 'GET' | 'POST'
  query: string
  operationName: string
  variables: { readonly [name: string]: unknown }
  /** Variables of a query that are parameters of the path. */
  parameters: { readonly [variable: string]: string }
}

type Write = (request: GatewayRequest) => string

export const backend: CreateStage<'backend', Options> = (options) => {
  const write = options.type === 'query' ? writeQuery(options) : writeMutation(options)
  const { method } = options
  return (next) => (request, ctx) => {
    let text: string
    try {
      text = write(request)
    } catch (error) {
      return Promise.resolve(fail(isFailure(error) ? error : BAD_BODY))
    }
    const body = method === 'GET' ? null : encoder.encode(text)
    const headers = new Map(request.headers).set('content-type', 'application/json').set('content-length', String(body?.length ?? 0))
    return next({ ...request, method, headers, body }, ctx)
  }
}

const encoder = new TextEncoder()
const BAD_BODY: Failure = Object.freeze({ kind: 'decode', message: 'the body of a mutation has to be a JSON object: its variables' })
const NULL_BODY: Failure = Object.freeze({ kind: 'panic', message: 'a mutation with variables of its own was sent null' })
const isFailure = (error: unknown): error is Failure => error === NULL_BODY

/** What is empty is left out. */
function toText({ query, operationName }: Options, variables: Options['variables']): string {
  const parts = [`"query":${canonical(query)}`]
  if (operationName) parts.push(`"operationName":${canonical(operationName)}`)
  if (Object.keys(variables).length) parts.push(`"variables":${canonical(variables)}`)
  return `{${parts.join(',')}}`
}

function writeQuery(options: Options): Write {
  const { variables, parameters } = options
  const taken = Object.entries(parameters)
  if (!taken.length) {
    const text = toText(options, variables)
    return () => text
  }
  const valueOf = (params: Params, name: string): string => params.get(name) ?? ''
  return ({ params }) => toText(options, { ...variables, ...Object.fromEntries(taken.map(([variable, name]) => [variable, valueOf(params, name)])) })
}

/** A number beyond a double is none that Go reads, and none that could be written. */
const MAY_BE_HUGE = /\d{300}|e\+?\d{2}/i
const isHuge = (value: unknown): boolean => (typeof value === 'number' ? !Number.isFinite(value) : typeof value === 'object' && value !== null && Object.values(value).some(isHuge))

/** Half a character is U+FFFD to Go, in names too. */
const MAY_BE_HALF = /\\ud/i
const wellFormed = (text: string): string => lenient.decode(repair(encoder.encode(text), { beyondAscii: false, loneSurrogate: true })!)

/** The client's variables go over the configured ones. Numbers pass through a double, as in KrakenD. */
function writeMutation(options: Options): Write {
  const own = Object.entries(options.variables)
  return ({ body }) => {
    const text = body instanceof Uint8Array ? lenient.decode(body) : ''
    const sent: unknown = JSON.parse(MAY_BE_HALF.test(text) ? wellFormed(text) : text)
    if (MAY_BE_HUGE.test(text) && isHuge(sent)) throw BAD_BODY
    if (sent === null && own.length) throw NULL_BODY
    if (sent !== null && !isObject(sent)) throw BAD_BODY
    const variables = sent ?? {}
    for (const [name, value] of own) if (!Object.hasOwn(variables, name)) setMember(variables, name, value)
    return toText(options, variables)
  }
}
