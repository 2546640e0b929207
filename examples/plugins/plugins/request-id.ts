/** plugin/http-server: middleware of Hono's own, with the configuration's header. The request is given the same id. */
import { defineServerPlugin } from 'cuttle/plugins'
import { requestId } from 'hono/request-id'

export default defineServerPlugin<{ header?: string }>(({ header = 'X-Request-Id' }) => {
  const middleware = requestId({ headerName: header })
  return (c, next) =>
    middleware(c, () => {
      const headers = new Headers(c.req.raw.headers)
      headers.set(header, c.get('requestId'))
      c.req.raw = new Request(c.req.raw, { headers })
      return next()
    })
})
