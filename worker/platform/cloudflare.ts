/** Cloudflare Workers. */
import { createGateway } from '../gateway.ts'
import type { Platform, Program, Uses } from '../types.ts'
import { log, platformFetch } from './common.ts'

type Env = { readonly [name: string]: unknown }

export const createPlatform = (env: unknown): Platform => ({
  name: 'cloudflare',
  fetch: platformFetch,
  now: Date.now,
  binding: (name) => (env as Env)[name],
  // Cloudflare sets this header itself; what clients send under the name does not get here.
  peer: (request) => request.headers.get('cf-connecting-ip') ?? '',
  namesClient: true,
  log,
})

/** The gateway as a Hono app. */
export const createApp = (program: Program, uses: Uses) => createGateway({ program, uses, createPlatform })

/** The Worker's default export. */
export const serve = (program: Program, uses: Uses) => ({ fetch: createApp(program, uses).fetch })
