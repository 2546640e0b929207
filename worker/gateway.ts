/** A compiled gateway as a function from requests to answers: the service layer around KrakenD's routing. */
import { assembleLayer, assembleListener, assembleStart } from './assemble.ts'
import { once } from './pipeline.ts'
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

export interface Started {
  fetch: GatewayFetch
  /** What is to be done before the first request, on platforms that have time before it. */
  start(env: unknown, execution: Execution): Promise<unknown>
  /** Answers on a port of a listener, by its place in the plan. */
  listen(index: number, request: Request, env: unknown): Promise<Response>
}

export const createFetch = (gateway: Gateway): GatewayFetch => createStarted(gateway).fetch

export function createStarted({ program, uses, createPlatform }: Gateway): Started {
  let made: Started | null = null
  const make = (env: unknown): Started => (made ??= createHandle(program, uses, createPlatform(env)))
  return { fetch: (raw, env, execution) => make(env).fetch(raw, env, execution), start: (env, execution) => make(env).start(env, execution), listen: (index, request, env) => make(env).listen(index, request, env) }
}

function createHandle(program: Program, uses: Uses, platform: Platform): Started {
  if (program.log) platform.log = uses[program.log[0]]!.log!(program.log[1] as never, platform)(platform.log)
  const site: Site = { service: program.service, method: '', path: '' }
  let unstarted = program.starts.length > 0
  const start = (env: unknown, execution: Execution): Promise<unknown> => {
    if (!unstarted) return Promise.resolve()
    unstarted = false
    const work = assembleStart(program.starts, uses, platform, site)({ env, trace: null, waitUntil: (more) => execution.waitUntil(more) })
    return work.catch((error: unknown) => platform.log('warning', `start: ${String(error)}`))
  }
  const handle = recover(platform, assembleLayer('service', program.stages, uses, platform, site, createRouting(program, uses, platform)))
  const clientIp = program.clientIp ? uses[program.clientIp[0]]!.clientIp!(program.clientIp[1] as never) : null
  const fetch: GatewayFetch = (raw, env, execution) => {
    if (unstarted) execution.waitUntil(start(env, execution))
    const incoming = readRequest(raw)
    if (!incoming) return Promise.resolve(badRequest(raw))
    incoming.clientIp = () => (clientIp ? clientIp(incoming.headers, () => platform.peer(raw, env)) : platform.peer(raw, env))
    const ctx: Outside = { env, trace: null, waitUntil: (work) => execution.waitUntil(work) }
    return handle(incoming, ctx)
  }
  const listeners = program.listeners.map((use) => once(() => assembleListener(use, uses, platform, site)))
  return { fetch, start, listen: async (index, request) => listeners[index]!()(request) }
}

/** As Go's server refuses what is no request. */
export function badRequest({ headers }: Request): Response {
  const [status, text] = isCoded(headers) ? [501, 'Unsupported transfer encoding'] : [400, '400 Bad Request']
  return new Response(text, { status, headers: { 'content-type': 'text/plain; charset=utf-8' } })
}
/** The platforms undo the last coding, which is chunked; Go's server takes no other. */
const isCoded = (headers: Headers): boolean => headers.get('transfer-encoding')?.includes(',') ?? false

const NO_PARAMS: Params = new Map()
const nobody = (): string => ''

/** What Go's server takes as a host. Others change the URL's path, or who is asked. */
const HOST = /^[\w!$%&'()*+,\-.:;=[\]~]*$/
/** One length, in digits: of two, an upstream might believe the other one (RFC 9110 §8.6). */
const LENGTH = /^\d{1,15}$/

/** null where the path has a malformed escape, the host or the body's length is none: Go's server refuses that before anything else. */
export function readRequest(raw: Request): Incoming | null {
  const { headers } = raw
  if (!HOST.test(headers.get('host') ?? '') || (raw.method !== 'GET' && (!LENGTH.test(headers.get('content-length') ?? '0') || isCoded(headers)))) return null
  const { url } = raw
  const start = url.indexOf('/', url.indexOf('://') + 3)
  const mark = url.indexOf('?', start)
  const path = unescape(mark < 0 ? url.slice(start) : url.slice(start, mark))
  const search = mark < 0 ? '' : url.slice(mark + 1)
  return path === null ? null : { raw, method: raw.method, path, search, params: NO_PARAMS, route: '', headers, clientIp: nobody }
}
