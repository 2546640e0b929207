/** plugin/http-server: Hono middleware around the gateway, so that what is written for Hono is a plugin. */
import type { Hono as App, MiddlewareHandler } from 'hono'
import { badRequest, readRequest } from '../gateway.ts'
import { Hono, unread } from '../hono.ts'
import type { CreateStage, Incoming, Outside } from '../types.ts'
import { loadPlugin, type PluginUse } from './load.ts'

/** Hono hands it to whoever stands innermost. */
interface Execution {
  waitUntil: Outside['waitUntil']
  passThroughOnException(): void
  props: object
  incoming: Incoming
  outside: Outside
}

const HANDLER = { is: (plugin: unknown): boolean => typeof plugin === 'function' || typeof (plugin as App | null)?.fetch === 'function', expected: 'middleware, or an app' }

/** The first is the outermost. */
export const service: CreateStage<'service', { plugins: readonly PluginUse[] }> = ({ plugins }, made) => (next) => {
  const app = new Hono()
  app.onError((error, c) => {
    if ('getResponse' in error) return c.newResponse(error.getResponse().body, error.getResponse())
    made.platform.log('error', `${c.req.method} ${c.req.path}: ${error.stack ?? error.message}`)
    return c.body(null, 500)
  })
  for (const use of plugins) {
    const plugin = loadPlugin<MiddlewareHandler | App>(use, HANDLER, made)
    if (typeof plugin === 'function') app.use(plugin)
    else app.route('/', plugin)
  }
  app.all('*', async (c) => {
    const { req, executionCtx } = c
    const { incoming, outside } = executionCtx as unknown as Execution
    const raw = await unread(req)
    // A plugin has put another request in its place, whose body need not be as long.
    if (raw === req.raw && raw !== incoming.raw) raw.headers.delete('content-length')
    const other = raw === incoming.raw ? incoming : readRequest(raw)
    if (!other) return badRequest(raw)
    // Whose address a plugin has left alone keeps the path that it was given before.
    if (other !== incoming && raw.url === URL.parse(incoming.raw.url)?.href) other.path = incoming.path
    // Who sent it stays the same.
    other.clientIp = incoming.clientIp
    const response = await next(other, outside)
    // What stands around tells of it.
    incoming.route = other.route
    // With the headers that plugins have set before.
    return c.newResponse(response.body, response)
  })
  return async (incoming, outside) => {
    const execution: Execution = { waitUntil: (work) => outside.waitUntil(work), passThroughOnException: () => undefined, props: {}, incoming, outside }
    return app.fetch(incoming.raw, outside.env, execution)
  }
}
