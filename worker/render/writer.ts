/** The headers of the answers that Cuttle writes itself. */
import type { Answer, Made } from '../types.ts'

/** KrakenD sends this on every answer of an endpoint: true only for complete answers with data. */
export const COMPLETED = 'x-krakend-completed'
export const VERSION = 'x-krakend'

export interface WriterOptions {
  /** Cache-Control of complete answers, or null. */
  cacheControl: string | null
}

/**
 * Makes the two sets of headers that an endpoint's answers have and copies them: cheaper than naming them for every answer.
 * Headers that scripts have given an answer are added if it has data.
 */
export function createWriter(type: string | null, { cacheControl }: WriterOptions, made: Made): (body: BodyInit | null, answer: Answer | null, hasData: boolean) => Response {
  const partial = new Headers({ [VERSION]: made.site.service.version, [COMPLETED]: 'false' })
  if (type) partial.set('content-type', type)
  const complete = new Headers(partial)
  complete.set(COMPLETED, 'true')
  if (cacheControl !== null) complete.set('cache-control', cacheControl)
  const { respond } = made.platform
  const inits = { partial: { headers: partial }, complete: { headers: complete } }
  return (body, answer, hasData) => {
    const init = hasData && answer!.complete ? inits.complete : inits.partial
    if (!hasData || !answer!.headers) return respond(body, init)
    const response = new Response(body, init)
    addScripts(response.headers, answer!.headers)
    return response
  }
}

/** gin writes its type only where there is none yet, and KrakenD whether the answer is complete after all others (router/gin/endpoint.go). */
function addScripts(headers: Headers, scripts: Headers): void {
  if (scripts.has('content-type')) headers.delete('content-type')
  for (const [name, value] of scripts) if (name !== COMPLETED) headers.append(name, value)
}

/** KrakenD's `len(response.Data) > 0`. */
export function hasMembers(answer: Answer | null): boolean {
  if (!answer || answer.body.kind === 'raw') return false
  if (answer.body.kind === 'json') return answer.body.members > 0
  const { value } = answer.body
  for (const key in value) if (Object.hasOwn(value, key)) return true
  return false
}
