/** workerd on one's own machines. */
import { startAbandoning } from '../deadline.ts'
import { isReplayable } from '../client/replay.ts'
import { createStarted, type Started } from '../gateway.ts'
import type { Fetch, Platform, Program, Uses } from '../types.ts'
import { log, ownResponse, respond, textField, withoutPort } from './web.ts'

type Env = { readonly [name: string]: unknown }

/** workerd tells the peer's address by the name that Cloudflare's own proxy uses for the client's. */
const peer = (request: Request): string => withoutPort((request as { cf?: { clientIp?: string } }).cf?.clientIp ?? '')

/** Origins that have answered since they could last not be reached. */
const answered = new Set<string>()
const MOST = 1000

/**
 * What a kept connection has lost is sent once more, as Go's transport does and workerd does not. Whether a connection was kept workerd
 * does not say, nor what went wrong: who has not answered before is asked once. Go's scripts have connections of their own.
 */
const fetchAgain: Fetch = async (url, init) => {
  const origin = url.slice(0, url.indexOf('/', 8))
  try {
    const response = await fetch(url, init)
    if (answered.size < MOST) answered.add(origin)
    return response
  } catch (error) {
    if (init.lazy || !answered.has(origin) || !(error as { retryable?: boolean }).retryable || !isReplayable(init)) throw error
    return fetch(url, init).catch((again: unknown) => {
      answered.delete(origin)
      throw again
    })
  }
}

export const createPlatform = (env: unknown): Platform => ({
  name: 'workerd',
  fetch: fetchAgain,
  startDeadline: startAbandoning,
  connections: Number.POSITIVE_INFINITY,
  resolveSrv: null,
  toField: textField,
  respond,
  own: ownResponse,
  now: Date.now,
  // Clocks stand at zero until the first request; who starts the process knows the time (compiler/emit/workerd.ts).
  startedAt: Number((env as Env).CUTTLE_STARTED_AT) || Date.now(),
  openCache: null,
  binding: (name) => (env as Env)[name],
  peer,
  whenSent: null,
  namesClient: false,
  log,
  // SIGTERM ends open requests and tells the worker nothing.
  atStop: () => undefined,
})

/** The worker's default export. */
export function serve(program: Program, uses: Uses): Pick<Started, 'fetch' | 'listen'> {
  const { fetch, listen } = createStarted({ program, uses, createPlatform })
  return { fetch, listen }
}
