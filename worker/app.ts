/** The gateway as a Hono app: one catch-all route, so that mounting keeps KrakenD's matching, its 404 and its cost. */
import type { Context } from 'hono'
import { createFetch, type Gateway } from './gateway.ts'
import { Hono, unread } from './hono.ts'

/**
 * Mount it with `app.route('/', gateway)`, behind middleware and routes of your own: it answers every path, as KrakenD does.
 * Below a prefix use `app.mount('/api', gateway.fetch)`, which takes the prefix off.
 */
export function createApp(gateway: Gateway): Hono {
  const fetch = createFetch(gateway)
  const app = new Hono()
  app.all('*', async (c) => fetch(await unread(c.req), c.env, { waitUntil: (work) => hold(work, c) }))
  return app
}

/** Where nobody holds what outlives its answer, as in tests by `app.request`, it goes on by itself: Hono throws there. */
function hold(work: Promise<unknown>, c: Context): void {
  try {
    c.executionCtx.waitUntil(work)
  } catch {
    work.catch(() => undefined)
  }
}
