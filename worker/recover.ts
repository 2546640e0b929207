/** What a handler throws is logged and answered by a bare 500, as KrakenD recovers from panics. */
import type { Platform, Serve } from './types.ts'

export function recover(platform: Platform, handler: Serve): Serve {
  const fail = (raw: Request, error: unknown): Response => {
    platform.log('error', `${raw.method} ${raw.url}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
    return new Response(null, { status: 500 })
  }
  return (incoming, ctx) => {
    try {
      return handler(incoming, ctx).catch((error: unknown) => fail(incoming.raw, error))
    } catch (error) {
      return Promise.resolve(fail(incoming.raw, error))
    }
  }
}
