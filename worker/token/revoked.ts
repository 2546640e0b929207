/** Tokens that were revoked before their time. */
import type { JsonObject, Made, Outside } from '../types.ts'

export interface RevokerOptions {
  keys: readonly string[]
}

export function createRejecter(_options: RevokerOptions, _made: Made): (claims: JsonObject, ctx: Outside) => Promise<boolean> {
  return () => Promise.resolve(false)
}
