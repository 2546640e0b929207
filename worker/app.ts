/** The gateway as a Hono app: one catch-all route, so that mounting keeps KrakenD's matching, its 404 and its cost. */
import { createFetch, type Gateway } from './gateway.ts'
import { Hono } from './hono.ts'

/**
 * Mount it with `app.route('/', gateway)`, behind middleware and routes of your own: it answers every path, as KrakenD does.
 * Below a prefix use `app.mount('/api', gateway.fetch)`, which takes the prefix off.
 */
export function createApp(gateway: Gateway): Hono {
  const fetch = createFetch(gateway)
  const app = new Hono()
  app.all('*', (c) => fetch(c.req.raw, c.env, { waitUntil: (work) => c.executionCtx.waitUntil(work) }))
  return app
}
