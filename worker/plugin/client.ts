/** plugin/http-client: a plugin before a backend's call, in the Web's own requests and answers. */
import type { CreateStage, HeaderMap, UpstreamRequest } from '../types.ts'
import type { CallNext } from '../plugins.ts'
import { loadPlugin, type PluginUse } from './load.ts'

type Call = (request: Request, next: CallNext) => Response | Promise<Response>

export const client: CreateStage<'client', PluginUse> = (use, made) => {
  const plugin = loadPlugin<Call>(use, made)
  return (next) => async (upstream, ctx) => plugin(toRequest(upstream), (request) => next(toUpstream(request, upstream), ctx))
}

function toRequest({ url, method, headers, body }: UpstreamRequest): Request {
  const init = { method, headers: [...headers] as [string, string][], redirect: 'manual' as const }
  return new Request(url, body ? { ...init, body, duplex: 'half' } as RequestInit : init)
}

/** What the plugin has let through or made. */
function toUpstream(request: Request, { fetch }: UpstreamRequest): UpstreamRequest {
  const headers: HeaderMap = new Map(request.headers)
  const length = headers.get('content-length')
  headers.delete('content-length')
  return { method: request.method, url: request.url, headers, body: request.body, length: length === undefined ? null : Number(length), fetch }
}
