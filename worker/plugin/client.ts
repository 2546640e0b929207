/** plugin/http-client: a plugin before a backend's call, in the Web's own requests and answers. */
import type { CallNext } from '../plugins.ts'
import type { CreateStage, UpstreamRequest } from '../types.ts'
import { FUNCTION, loadPlugin, type PluginUse } from './load.ts'

type Call = (request: Request, next: CallNext) => Response | Promise<Response>

export const client: CreateStage<'client', PluginUse> = (use, made) => {
  const plugin = loadPlugin<Call>(use, FUNCTION, made)
  return (next) => async (upstream, ctx) => {
    const original = toRequest(upstream)
    return plugin(original, async (request) => next(await toUpstream(request, upstream, request === original), ctx))
  }
}

function toRequest({ url, method, headers, body }: UpstreamRequest): Request {
  const init = { method, headers: [...headers] as [string, string][], redirect: 'manual' as const }
  return new Request(url, body ? ({ ...init, body, duplex: 'half' } as RequestInit) : init)
}

/** What the plugin has let through or made. A body in memory stays there, so that its length is told; one that streams goes on streaming. */
async function toUpstream(request: Request, { body: before, length, fetch }: UpstreamRequest, isOriginal: boolean): Promise<UpstreamRequest> {
  const { method, url, body: stream } = request
  const headers = new Map(request.headers)
  headers.delete('content-length')
  if (before instanceof ReadableStream && stream) return { method, url, headers, body: stream, length: isOriginal ? length : null, fetch }
  const body = stream ? new Uint8Array(await request.arrayBuffer()) : null
  return { method, url, headers, body, length: body && body.length, fetch }
}
