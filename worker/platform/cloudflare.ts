/** Cloudflare Workers. */
import { startAbandoning } from '../deadline.ts'
import { createFetch } from '../gateway.ts'
import type { Platform, Program, Uses } from '../types.ts'
import { log, ownResponse, platformFetch, respond, textField } from './web.ts'

type Env = { readonly [name: string]: unknown }

export const createPlatform = (env: unknown): Platform => ({
  name: 'cloudflare',
  fetch: platformFetch,
  startDeadline: startAbandoning,
  connections: 6,
  resolveSrv: null,
  toField: textField,
  respond,
  own: ownResponse,
  now: Date.now,
  startedAt: Date.now(),
  openCache: () => caches.open('cuttle'),
  binding: (name) => (env as Env)[name],
  // Cloudflare sets this header itself; what clients send under the name does not get here.
  peer: (request) => request.headers.get('cf-connecting-ip') ?? '',
  whenSent: null,
  namesClient: true,
  log,
  // Isolates end without a word.
  atStop: () => undefined,
})

/** The Worker's default export. */
export const serve = (program: Program, uses: Uses) => ({ fetch: createFetch({ program, uses, createPlatform }) })
