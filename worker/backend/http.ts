/** Calls the upstream over HTTP and judges its status: only 200 and 201 are good, for no-op all are (proxy/RULES.md §2, §10). */
import { decodeText } from '../encoding/text.ts'
import { fail, succeed, toFailure } from '../errors.ts'
import { opaque } from '../json/data.ts'
import type { Answer, Context, CreateTransport, Failure, GatewayRequest, Outcome, UpstreamRequest } from '../types.ts'
import { readBody } from './read.ts'
import { inTurn } from './turn.ts'

/** fetch knows no body for these. Stages may have changed the method. */
const BODILESS = new Set(['GET', 'HEAD'])

export interface HttpOptions {
  anyStatus: boolean
  /** return_error_details: its name. */
  details: string | null
  /** return_error_code, where no return_error_details stands beside it. */
  code: boolean
  /** `[GET /x/{{.Id}}]`: method and pattern as configured, for messages. */
  label: string
  maxBytes: number
}

export const transport: CreateTransport<HttpOptions> = (options, _made, client, decode) => {
  const call = async (request: GatewayRequest, ctx: Context): Promise<Outcome> => {
    const { method, url, headers, fetch } = request
    const body = BODILESS.has(method) ? null : request.body
    try {
      const upstream: UpstreamRequest = { method, url, headers, body, length: body && lengthOf(request), fetch }
      const response = await (ctx.slots ? client(upstream, ctx).finally(() => ctx.slots!.free()) : client(upstream, ctx))
      const { status } = response
      if (status === 200 || status === 201 || options.anyStatus) return succeed(await decode(response, ctx))
      return await refuse(response, response.url || url, options)
    } catch (error) {
      return fail(toFailure(error, ctx.deadline))
    }
  }
  return inTurn(call)
}

/** What a header says of the body, or the client where it is its own. One that is not as long is not sent (net/http, transferWriter). */
function lengthOf({ body, headers, incoming }: GatewayRequest): number | null {
  const own = body === incoming.raw.body ? Number(incoming.headers.get('content-length')) || null : null
  const known = body instanceof Uint8Array ? body.length : own
  const text = headers.get('content-length') ?? ''
  const said = /^\d+$/.test(text) ? Number(text) : 0
  if (said && known !== null && said !== known) throw { kind: 'network', message: `http: ContentLength=${said} with Body length ${known}` } satisfies Failure
  return said || own
}

async function refuse(response: Response, url: string, options: HttpOptions): Promise<Outcome> {
  const { status } = response
  if (options.details === null && !options.code) {
    await response.body?.cancel()
    return fail({ kind: 'status', message: `invalid status code ${status} ${options.label}: ${url}`, upstreamStatus: status })
  }
  const body = decodeText(await readBody(response, options.maxBytes))
  const type = response.headers.get('content-type') ?? ''
  return options.details === null ? fail(statusFailure(status, body, type)) : succeed(errorDetails(options.details, status, body, type))
}

const statusFailure = (status: number, message: string, type: string): Failure => ({ kind: 'upstream-error', message, status, type, upstreamStatus: status })

/** An answer that is not complete, not an error; no filter touches it. */
function errorDetails(name: string, status: number, body: string, type: string): Answer {
  const details: Record<string, string | number> = { http_status_code: status }
  if (body) details.http_body = body
  if (type) details.http_body_encoding = type
  return { status, headers: null, complete: false, body: { kind: 'data', value: { [`error_${name}`]: opaque(details, { name, http_body: '', http_body_encoding: '' }) } } }
}
