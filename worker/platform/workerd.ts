/** workerd on one's own machines. */
import { startAbandoning } from '../deadline.ts'
import { createStarted, type Started } from '../gateway.ts'
import type { Platform, Program, Uses } from '../types.ts'
import { log, ownResponse, platformFetch, respond, textField, withoutPort } from './web.ts'

type Env = { readonly [name: string]: unknown }

/** workerd tells the peer's address by the name that Cloudflare's own proxy uses for the client's. */
const peer = (request: Request): string => withoutPort((request as { cf?: { clientIp?: string } }).cf?.clientIp ?? '')

export const createPlatform = (env: unknown): Platform => ({
  name: 'workerd',
  fetch: platformFetch,
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
