import type { HonoRequest } from 'hono'

/** Hono, with the smallest of its routers: in bundles that mount the gateway in an app, or have plugins. */
export { Hono } from 'hono/tiny'

/** The request; one whose body middleware has read is made anew of what Hono keeps. */
export const unread = (req: HonoRequest): Request | Promise<Request> => (req.raw.bodyUsed ? again(req) : req.raw)

async function again(req: HonoRequest): Promise<Request> {
  const body = await req.arrayBuffer()
  const headers = new Headers(req.raw.headers)
  if (headers.has('content-length')) headers.set('content-length', String(body.byteLength))
  return new Request(req.raw.url, { method: req.method, headers, body })
}
