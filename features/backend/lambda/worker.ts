/** An AWS Lambda function in the place of an upstream: neither Martian nor the HTTP client has a part (transform/RULES.md §4). */
import { awsFailure, createAws } from '../../../worker/aws/client.ts'
import { inTurn } from '../../../worker/backend/turn.ts'
import { fail, succeed, toFailure } from '../../../worker/errors.ts'
import { canonical } from '../../../worker/json/canonical.ts'
import { dataOf, throughDoubles, withDoubles } from '../../../worker/json/data.ts'
import type { Answer, CreateTransport, Decode, Context, Failure, GatewayRequest, JsonObject, Params } from '../../../worker/types.ts'
import { lenient } from '../../../worker/utf8.ts'

export interface Options {
  /** The function's name, or the parameter that has it, spelled exactly. */
  function: string | null
  parameter: string
  region: string | null
  endpoint: string | null
  /** Expressions see its numbers, which are doubles. */
  doubles: boolean
}

const HEADERS = { 'x-amz-invocation-type': 'RequestResponse', 'x-amz-log-type': 'None' }

export const transport: CreateTransport<Options> = (options, { platform }, _client, decode) => {
  const aws = createAws({ service: 'lambda', region: options.region, endpoint: options.endpoint }, platform)
  const invoke = async (request: GatewayRequest, ctx: Context): Promise<Answer> => {
    const name = options.function ?? request.params.get(options.parameter) ?? ''
    if (!name) throw NO_NAME
    const path = `/2015-03-31/functions/${encodeURIComponent(name)}/invocations`
    const response = await aws({ path, headers: HEADERS, body: payloadOf(request) }, ctx).finally(() => ctx.slots?.free())
    // A single backend's status is the client's.
    if (response.status >= 300) throw { ...(await awsFailure(response)), status: response.status } satisfies Failure
    if (response.status !== 200) throw BAD_STATUS
    const answer = await read(response, decode, ctx)
    return options.doubles ? { ...answer, body: { kind: 'data', value: withDoubles(dataOf(answer.body)) as JsonObject | null } } : answer
  }
  return inTurn(async (request, ctx) => {
    try {
      return succeed(await invoke(request, ctx))
    } catch (error) {
      return fail(toFailure(error, ctx.deadline))
    }
  })
}

const NO_NAME: Failure = Object.freeze({ kind: 'refused', message: 'InvalidParameter: minimum field size of 1, InvokeInput.FunctionName' })
const BAD_STATUS: Failure = Object.freeze({ kind: 'status', message: 'aws lambda: bad status code' })
const encoder = new TextEncoder()
const EMPTY = new Uint8Array()

/** GET: the path's parameters. Other methods: what the client sent. */
function payloadOf({ method, params, body }: GatewayRequest): Uint8Array<ArrayBuffer> {
  if (method === 'GET') return encoder.encode(`${canonical(lowered(params))}\n`)
  return body instanceof Uint8Array ? body : EMPTY
}

const lowered = (params: Params): { [name: string]: string } => Object.fromEntries([...params].map(([name, value]) => [name.toLowerCase(), value]))

/** Numbers pass through a double, unlike those of other backends. */
async function read(response: Response, decode: Decode, ctx: Context): Promise<Answer> {
  const { body } = await decode(throughDoubles(lenient.decode(await response.arrayBuffer())), ctx)
  const version = response.headers.get('x-amz-executed-version')
  return { status: 200, headers: version === null ? null : new Headers({ 'x-amz-executed-version': version }), complete: true, body }
}
