/** `echo_endpoint`: `/__echo/…` answers with the request as it came (routing/RULES.md §5). */
import { type BodyLimits, readRequestBody } from '../request-body.ts'
import type { CreateRespond, Incoming } from '../types.ts'
import { encodeQuery, parseQuery } from '../url.ts'
import { lenient } from '../utf8.ts'

export interface EchoOptions {
  body: BodyLimits
}

export const respond: CreateRespond<EchoOptions> = ({ body: limits }) => async (incoming) => {
  const body = incoming.raw.body ? lenient.decode(await readRequestBody(incoming.raw, limits)) : ''
  return Response.json({ ...describe(incoming), req_body: body }, { headers: { 'content-type': 'application/json; charset=utf-8' } })
}

function describe({ raw, method, path, search, headers }: Incoming): object {
  const query = parseQuery(search)
  const { url } = raw
  return {
    req_uri: url.slice(url.indexOf('/', url.indexOf('://') + 3)),
    req_uri_details: { user: '', host: headers.get('host') ?? '', path, query: encodeQuery(query), fragment: '' },
    req_method: method,
    req_querystring: Object.fromEntries(query),
    req_headers: Object.fromEntries([...headers].filter(([name]) => name !== 'host').map(([name, value]) => [canonical(name), [value]])),
  }
}

/** Go's spelling of a header's name: `x-one` → `X-One`. */
const canonical = (name: string): string => name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase())
