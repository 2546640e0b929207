/** Hono, with the smallest of its routers: in bundles that mount the gateway in an app, or have plugins. */
export { Hono } from 'hono/tiny'
