/** Requests and answers inside the gateway, as plugins see and change them. */
import { discard } from '../backend/read.ts'
import { fail } from '../errors.ts'
import { dataOf } from '../json/data.ts'
import type { PluginRequest, PluginResponse } from '../plugins.ts'
import type { Answer, Failure, GatewayRequest, JsonObject, Outcome, RequestBody } from '../types.ts'

/** The body has been read: the compiler asks for it (`readsBody`). */
export function toPluginRequest(request: GatewayRequest): PluginRequest {
  const query = new URLSearchParams([...request.query].flatMap(([name, values]) => values.map((value) => [name, value])))
  return {
    method: request.method,
    path: request.path || request.incoming.path,
    url: request.url,
    params: Object.fromEntries(request.params),
    headers: new Headers([...request.headers]),
    query,
    body: request.body instanceof Uint8Array ? request.body : null,
    text() {
      return this.body instanceof Uint8Array ? decoder.decode(this.body) : (this.body ?? '')
    },
    json() {
      return JSON.parse(this.text()) as unknown
    },
  }
}

const decoder = new TextDecoder()
const encoder = new TextEncoder()

export function fromPluginRequest(changed: PluginRequest, request: GatewayRequest): GatewayRequest {
  const query = new Map<string, string[]>()
  for (const [name, value] of changed.query) query.set(name, [...(query.get(name) ?? []), value])
  const { method, url } = changed
  const [headers, body] = [new Map(changed.headers), toBody(changed.body)]
  if (body !== request.body) headers.delete('content-length')
  return { ...request, method, url, params: new Map(Object.entries(changed.params)), headers, query, body }
}

function toBody(body: PluginRequest['body']): RequestBody {
  const bytes = typeof body === 'string' ? encoder.encode(body) : body
  return bytes?.length ? bytes : null
}

/** Bodies are parsed where a plugin asks for their data. */
export interface Opened extends PluginResponse {
  /** The answer with what the plugins have changed. */
  close(): Answer
}

export function openAnswer(answer: Answer): Opened {
  const { body: original } = answer
  const raw = original.kind === 'raw' ? original.response : null
  let data: JsonObject | null | undefined
  let body: PluginResponse['body'] | undefined
  const headers = new Headers(answer.headers ?? [])
  const opened: Opened = {
    get data() {
      if (raw) return null
      return data === undefined ? (data = dataOf(original)) : data
    },
    set data(value) {
      data = value
    },
    get body() {
      return body === undefined ? (raw?.body ?? null) : body
    },
    set body(value) {
      body = value
    },
    complete: answer.complete,
    status: answer.status,
    headers,
    close() {
      const { complete, status } = opened
      if (raw) return { complete, status, headers: same(headers, answer.headers) ? answer.headers : headers, body: { kind: 'raw', response: body === undefined ? raw : withBody(raw, body) } }
      const left = answer.headers || [...headers].length ? headers : null
      return { complete, status, headers: left, body: data === undefined ? original : { kind: 'data', value: data } }
    },
  }
  return opened
}

const same = (a: Headers, b: Headers | null): boolean => b !== null && JSON.stringify([...a]) === JSON.stringify([...b])

/** The length that the upstream named is another's. */
function withBody(raw: Response, body: PluginResponse['body']): Response {
  if (raw.body !== body && !raw.bodyUsed) discard(raw)
  const headers = new Headers(raw.headers)
  for (const name of ['content-length', 'content-encoding']) headers.delete(name)
  return new Response(body, { status: raw.status, headers })
}

/** A PluginError, by what it has: modules may come with another copy of its class. */
export function toOutcome(error: unknown, name: string): Outcome {
  const { status, body, type, message } = (typeof error === 'object' && error !== null ? error : {}) as { status?: unknown; body?: unknown; type?: unknown; message?: unknown }
  const text = `${name}: ${typeof message === 'string' ? message : String(error)}`
  const own: Partial<Failure> = { ...(typeof body === 'string' && { body }), ...(typeof type === 'string' && { type }) }
  const known = typeof status === 'number' && Number.isInteger(status) && status >= 200 && status < 600
  return fail(known ? { kind: 'refused', message: text, status, ...own } : { kind: 'refused', message: text })
}
