/** The Hono app: the service layer around one catch-all route that asks KrakenD's router. */
import type { Context as HonoContext } from 'hono'
import { Hono } from 'hono/tiny'
import { assembleLayer } from './assemble.ts'
import { createRouting } from './routing.ts'
import type { Context, Incoming, Params, Platform, Program, Site, Uses } from './types.ts'
import { unescape } from './url.ts'

export interface Gateway {
  program: Program
  uses: Uses
  /** Called at the isolate's first request, with what the platform calls its environment. */
  createPlatform(env: unknown): Platform
}

/**
 * A compiled gateway as a Hono app: mount it with `app.route('/', gateway)`, or serve it as it is. Paths it does not know are
 * answered as KrakenD answers them, so routes of your own go before it.
 */
export function createGateway(gateway: Gateway): Hono {
  let handle: Handle | null = null
  const app = new Hono()
  app.all('*', (c) => {
    handle ??= createHandle(gateway, gateway.createPlatform(c.env))
    return handle(c.req.raw, c)
  })
  return app
}

type Handle = (raw: Request, c: HonoContext) => Promise<Response>

function createHandle({ program, uses }: Gateway, platform: Platform): Handle {
  const site: Site = { service: program.service, method: '', path: '' }
  const handle = assembleLayer('service', program.stages, uses, platform, site, createRouting(program, uses, platform))
  const clientIp = program.clientIp ? uses[program.clientIp[0]]!.clientIp!(program.clientIp[1] as never) : null
  return async (raw, c) => {
    const incoming = readRequest(raw)
    if (!incoming) return new Response('400 Bad Request', { status: 400, headers: { 'content-type': 'text/plain; charset=utf-8' } })
    incoming.clientIp = () => {
      const peer = platform.peer(raw, c.env)
      return clientIp ? clientIp(incoming.headers, peer) : peer
    }
    const ctx: Context = { env: c.env, signal: raw.signal, waitUntil: (work) => c.executionCtx.waitUntil(work) }
    try {
      return await handle(incoming, ctx)
    } catch (error) {
      platform.log('error', `${raw.method} ${incoming.path}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
      return new Response(null, { status: 500 })
    }
  }
}

const NO_PARAMS: Params = new Map()
const nobody = (): string => ''

/** null where the path has a malformed escape: Go's server refuses that before anything else. */
function readRequest(raw: Request): Incoming | null {
  const { url } = raw
  const start = url.indexOf('/', url.indexOf('://') + 3)
  const mark = url.indexOf('?', start)
  const path = unescape(mark < 0 ? url.slice(start) : url.slice(start, mark))
  const search = mark < 0 ? '' : url.slice(mark + 1)
  return path === null ? null : { raw, method: raw.method, path, search, params: NO_PARAMS, headers: raw.headers, clientIp: nobody }
}
