import { z } from 'zod'
import { defineFeature } from '../../../compiler/feature.ts'
import type { Path, Report } from '../../../compiler/diagnostics.ts'
import type * as worker from './worker.ts'

export default defineFeature<typeof worker>()({
  namespace: 'auth/client-credentials',
  places: ['backend'],
  schema: z.object({
    client_id: z.string().optional(),
    client_secret: z.string().optional(),
    token_url: z.string().optional(),
    scopes: z.string().optional(),
    endpoint_params: z.record(z.string(), z.array(z.string())).optional(),
    is_disabled: z.boolean().optional(),
  }),
  mismatch: 'panic',
  normalise(raw, { at, report, secret }) {
    if (raw.is_disabled) return {}
    const { client_id = '', client_secret = '', token_url = '' } = raw
    if (!URL.canParse(token_url)) report.warn([...at, 'token_url'], 'bad-url', `expected the URL of a token endpoint, found ${JSON.stringify(token_url)}: every call fails`)
    return { client: { tokenUrl: token_url, id: client_id, secret: secret(client_secret, 'CLIENT_SECRET'), fields: fieldsOf(raw.scopes ?? '', raw.endpoint_params ?? {}, at, report) } }
  },
})

/** golang.org/x/oauth2 lets the configuration replace grant_type, and no other parameter that is there. */
function fieldsOf(scopes: string, more: { readonly [name: string]: readonly string[] }, at: Path, report: Report): [string, readonly string[]][] | null {
  if ('scope' in more) {
    report.warn([...at, 'endpoint_params', 'scope'], 'scope-twice', 'expected scopes to name the scope, found it among endpoint_params: every call fails')
    return null
  }
  return Object.entries({ grant_type: ['client_credentials'], scope: [scopes.split(',').join(' ')], ...more })
}
