import { defineFeature } from '../../../compiler/feature.ts'
import { revocationOf, revokerSchema } from '../revocation.ts'

/** It has no stages: validators ask for themselves (features/auth/validator). */
export default defineFeature<object>()({
  namespace: 'auth/revoker',
  places: ['service'],
  schema: revokerSchema,
  mismatch: 'block',
  normalise(raw, { at, report, environment, kv }) {
    const options = revocationOf(raw)
    if (!options) {
      report.warn(at, 'no-effect', 'expected token_keys, the claims by which tokens are revoked; found none: no token is', { opensDoor: true })
      return {}
    }
    if (options.immediate) environment(options.binding, false)
    else kv(options.binding)
    if (raw.binding === undefined) report.warn(at, 'other-revocation', `nothing listens on port: tokens are revoked in the list behind the binding ${options.binding} (docs/authentication.md); name it with "binding" if that is how you do it`, { opensDoor: true })
    return {}
  },
})
