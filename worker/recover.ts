/** What a handler throws is logged and answered by a bare 500, as KrakenD recovers from panics. */
import type { Incoming, Platform, Serve } from './types.ts'

export function recover(platform: Platform, handler: Serve): Serve {
  // The route's pattern: paths and queries may have tokens.
  const fail = ({ method, route }: Incoming, error: unknown): Response => {
    platform.log('error', `${method} ${route || '(no route)'}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
    return new Response(null, { status: 500 })
  }
  return (incoming, ctx) => {
    try {
      return handler(incoming, ctx).catch((error: unknown) => fail(incoming, error))
    } catch (error) {
      return Promise.resolve(fail(incoming, error))
    }
  }
}
