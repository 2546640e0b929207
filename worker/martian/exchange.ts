/** A call and its answer while modifiers are at them. Nothing of it is seen by others before it is done (transform/RULES.md §0). */
import { discard } from '../backend/read.ts'
import type { Failure, HeaderMap, RequestBody, UpstreamRequest } from '../types.ts'
import { type Address, readAddress, writeAddress } from './address.ts'
import { createFields, type Fields } from './fields.ts'

export interface Exchange {
  request: Sent
  answer: Answered | null
}

export interface Sent {
  fields: Fields
  /** Looked at by few modifiers, so it is taken apart when one asks. */
  address(): Address
  url(): string
  /** undefined: as it came. */
  body: Uint8Array<ArrayBuffer> | undefined
  skipped: boolean
}

export interface Answered {
  status: number
  headers: Headers
  fields: Fields
  body: Uint8Array<ArrayBuffer> | undefined
}

export function createSent(url: string, headers: HeaderMap): Sent {
  let address: Address | null = null
  const take = (): Address => (address ??= readAddress(url))
  const start = url.indexOf('://') + 3
  const host = url.slice(start, url.indexOf('/', start)).replace(/^.*@/, '')
  // The length that Go knows is what modifiers say, or the client where it is let through.
  return { fields: createFields(headers, host, Number(headers.get('content-length')) || 0, none), address: take, url: () => (address ? writeAddress(address) : url), body: undefined, skipped: false }
}
const none = (): readonly string[] => []

export function createAnswered({ status, headers }: Response): Answered {
  const own = new Headers(headers)
  const length = headers.get('content-length')
  return { status, headers: own, fields: createFields(own, null, length === null ? -1 : Number(length), () => own.getSetCookie()), body: undefined }
}

/** The request as it is sent, with `headers` as modifiers left them. A space in a raw query would break the request line. */
export function toRequest(request: UpstreamRequest, sent: Sent, headers: HeaderMap): UpstreamRequest {
  const bodiless = request.method === 'GET' || request.method === 'HEAD'
  const body: RequestBody = bodiless ? null : (sent.body ?? request.body)
  const said = sent.fields.length()
  const known = body instanceof Uint8Array ? body.length : body === null ? 0 : request.length
  if (said > 0 && known !== null && said !== known && !bodiless) throw wrong(`http: ContentLength=${said} with Body length ${known}`)
  // fetch of Workers drops an empty one, so none is sent anywhere.
  if (headers.get('content-type') === '') headers.delete('content-type')
  const url = sent.url()
  if (url.includes(' ')) throw wrong('the query of url.Modifier has a space, which no request line can have')
  return { ...request, url, headers, body, length: known ?? (said > 0 ? said : null) }
}

/** Statuses that Response takes for answers without a body. */
const BODILESS = new Set([101, 103, 204, 205, 304])

export function toResponse(response: Response, { status, headers, body }: Answered): Response {
  if (status < 200 || status > 599) throw wrong(`status.Modifier: ${status} is no status of an answer`)
  const kept = !body && !BODILESS.has(status)
  if (!kept) {
    headers.delete('content-length')
    discard(response)
  }
  const made = new Response(kept ? response.body : BODILESS.has(status) ? null : body!, { status, headers })
  // Messages name the address that answered.
  return Object.defineProperty(made, 'url', { value: response.url })
}

const wrong = (message: string): Failure => ({ kind: 'refused', message })
