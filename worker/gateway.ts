/** A compiled gateway as a function from requests to answers: the service layer around KrakenD's routing. */
import { assembleLayer } from './assemble.ts'
import { recover } from './recover.ts'
import { createRouting } from './routing.ts'
import type { Incoming, Outside, Params, Platform, Program, Site, Uses } from './types.ts'
import { unescape } from './url.ts'

export interface Gateway {
  program: Program
  uses: Uses
  /** Called at the isolate's first request, with what the platform calls its environment. */
  createPlatform(env: unknown): Platform
}
/** What Workers hand to a request beside its environment. */
export interface Execution {
  waitUntil(work: Promise<unknown>): void
}
/** A Worker's fetch handler. */
export type GatewayFetch = (raw: Request, env: unknown, execution: Execution) => Promise<Response>

export function createFetch({ program, uses, createPlatform }: Gateway): GatewayFetch {
  let handle: GatewayFetch | null = null
  return (raw, env, execution) => (handle ??= createHandle(program, uses, createPlatform(env)))(raw, env, execution)
}

function createHandle(program: Program, uses: Uses, platform: Platform): GatewayFetch {
  const site: Site = { service: program.service, method: '', path: '' }
  const handle = recover(platform, assembleLayer('service', program.stages, uses, platform, site, createRouting(program, uses, platform)))
  const clientIp = program.clientIp ? uses[program.clientIp[0]]!.clientIp!(program.clientIp[1] as never) : null
  return (raw, env, execution) => {
    const incoming = readRequest(raw)
    if (!incoming) return Promise.resolve(new Response('400 Bad Request', { status: 400, headers: { 'content-type': 'text/plain; charset=utf-8' } }))
    incoming.clientIp = () => (clientIp ? clientIp(incoming.headers, () => platform.peer(raw, env)) : platform.peer(raw, env))
    const ctx: Outside = { env, waitUntil: (work) => execution.waitUntil(work) }
    return handle(incoming, ctx)
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
