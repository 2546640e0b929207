/** auth/revoker as the service has it: where revoked tokens are listed, for the validators of its endpoints. */
import { z } from 'zod'
import type { RevokerOptions } from '../../worker/token/revoked.ts'

export const revokerSchema = z.object({
  token_keys: z.array(z.string()).optional(),
  // KrakenD's filter: sizes, and where it listens.
  N: z.number().optional(),
  P: z.number().optional(),
  hash_name: z.string().optional(),
  TTL: z.number().optional(),
  port: z.number().optional(),
  headers: z.array(z.string()).optional(),
  revoke_server_ping_url: z.string().optional(),
  revoke_server_ping_interval: z.string().optional(),
  revoke_server_api_key: z.string().optional(),
  revoke_server_max_workers: z.number().optional(),
  revoke_server_max_retries: z.number().optional(),
  // Cuttle's own.
  binding: z.string().regex(/^[A-Za-z_]\w*$/, 'expected the name of a binding, such as REVOKED').optional(),
  mode: z.enum(['60s', 'immediate']).optional(),
  on_failure: z.enum(['deny', 'allow']).optional(),
})

/** null: no claim is looked at. */
export function revocationOf(block: unknown): RevokerOptions | null {
  const { data } = revokerSchema.safeParse(block)
  if (!data?.token_keys?.length) return null
  return { claims: data.token_keys, binding: data.binding ?? 'REVOKED', immediate: data.mode === 'immediate', onFailure: data.on_failure ?? 'deny' }
}
