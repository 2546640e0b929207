/** workerd on one's own machines. */
import { createGateway } from '../gateway.ts'
import type { Platform, Program, Uses } from '../types.ts'
import { log, platformFetch, withoutPort } from './common.ts'

type Env = { readonly [name: string]: unknown }

/** workerd tells the peer's address by the name that Cloudflare's own proxy uses for the client's. */
const peer = (request: Request): string => withoutPort((request as { cf?: { clientIp?: string } }).cf?.clientIp ?? '')

export const createPlatform = (env: unknown): Platform => ({
  name: 'workerd',
  fetch: platformFetch,
  now: Date.now,
  binding: (name) => (env as Env)[name],
  peer,
  namesClient: false,
  log,
})

/** The gateway as a Hono app. */
export const createApp = (program: Program, uses: Uses) => createGateway({ program, uses, createPlatform })

/** The worker's default export. */
export const serve = (program: Program, uses: Uses) => ({ fetch: createApp(program, uses).fetch })
