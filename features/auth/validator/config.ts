import { z } from 'zod'
import { tokenExpressions } from '../../../compiler/cel/token.ts'
import { defineFeature, type FeaturePlace } from '../../../compiler/feature.ts'
import { parseDuration } from '../../../compiler/schema/loose.ts'
import { checkAlgorithm, isClosed, openedBy, readLocalKeys, reportUnsupported } from '../jwk.ts'
import { originsOf } from '../../aggregator.ts'
import { headerName } from '../../header-name.ts'
import { revocationOf } from '../revocation.ts'
import type * as worker from './worker.ts'

const text = z.string().nullish()
const flag = z.boolean().nullish()
const texts = z.array(z.string()).nullish()
const seconds = z.int().min(0).max(2 ** 32 - 1).nullish()

const schema = z.object({
  alg: text,
  jwk_url: text,
  jwk_local_path: text,
  jwk_local_ca: text,
  jwk_fingerprints: texts,
  secret_url: text,
  // As Go's types hold them: bytes, and numbers of 16 bits.
  cypher_key: z.base64().nullish(),
  cipher_suites: z.array(z.int().min(0).max(0xffff)).nullish(),
  disable_jwk_security: flag,
  cache: flag,
  cache_duration: seconds,
  shared_cache_duration: seconds,
  failed_jwk_key_cooldown: text,
  key_identify_strategy: text,
  audience: texts,
  issuer: text,
  /** Cuttle's own: several issuers, found by their OpenID configurations. */
  issuers: texts,
  leeway: text,
  auth_header_name: text,
  cookie_key: text,
  roles: texts,
  roles_key: text,
  roles_key_is_nested: flag,
  scopes: texts,
  scopes_key: text,
  scopes_matcher: text,
  propagate_claims: z.array(z.array(z.string())).nullish(),
  propagate_claims_preserve_array: flag,
  operation_debug: flag,
})
type Block = z.output<typeof schema>
type Options = Parameters<typeof worker.endpoint>[0]
type Keys = NonNullable<Options['keys']>

const STRATEGIES = ['kid', 'x5t', 'x5t#S256', 'kid_x5t'] as const
const LEAST_LEEWAY_MS = 1000
const LEAST_COOLDOWN_MS = 1000
const DEFAULT_CACHE_S = 900

export default defineFeature<typeof worker>()({
  namespace: 'auth/validator',
  places: ['service', 'endpoint'],
  schema,
  mismatch: 'close',
  normalise(raw, place) {
    // At the service it says how long keys are shared, and nothing else.
    if (place.place === 'service') return {}
    reportUnsupported(raw, place.at, place)
    const keys = normaliseKeys(raw, place)
    const options = normaliseOptions(raw, keys, place)
    const headers = options.propagation.headers.map(({ header }) => header.toLowerCase())
    const only = keys?.['']
    return {
      guarded: true,
      endpoint: options,
      ...(keys && headers.length && { proxy: { headers } }),
      ...(only?.kind === 'url' && only.cacheMs !== null && { start: { ...only, cacheMs: null, sharedMs: null, cooldownMs: null } }),
    }
  },
})

function normaliseOptions(raw: Block, keys: Keys | null, place: FeaturePlace): Options {
  return {
    alg: raw.alg ?? '',
    keys,
    strategy: STRATEGIES.find((known) => known === raw.key_identify_strategy) ?? 'kid',
    header: headerName(raw.auth_header_name || 'Authorization', [...place.at, 'auth_header_name'], place.report, 'tokens are taken from the cookie alone').toLowerCase(),
    cookie: raw.cookie_key || 'access_token',
    expected: { issuer: raw.issuer || null, audience: raw.audience ?? [], leewayMs: Math.max(LEAST_LEEWAY_MS, parseDuration(raw.leeway ?? '') ?? 0) },
    revoker: revocationOf(place.around.service?.['auth/revoker']),
    expressions: tokenExpressions(place),
    roles: raw.roles?.length ? { path: rolesPath(raw), names: raw.roles } : null,
    scopes: raw.scopes?.length && raw.scopes_key ? { path: raw.scopes_key.split('.'), names: raw.scopes, all: raw.scopes_matcher === 'all' } : null,
    propagation: {
      headers: (raw.propagate_claims ?? []).flatMap(([claim, header], i, all) => (all[i]!.length === 2 && headerName(header!, [...place.at, 'propagate_claims', i, 1], place.report, 'the claim is not sent') ? [{ path: claimPath(claim!), header: header! }] : [])),
      lists: raw.propagate_claims_preserve_array === true,
      params: place.placeholders.flatMap((name) => (name.startsWith('JWT.') ? [name.slice(4)] : [])),
    },
  }
}

/** A URL is one name, in spite of its dots; so is everything where it is not said to be nested. */
const rolesPath = ({ roles_key, roles_key_is_nested }: Block): string[] => (roles_key_is_nested ? claimPath(roles_key || 'roles') : [roles_key || 'roles'])
const claimPath = (name: string): string[] => (name.startsWith('http') ? [name] : name.split('.'))

/** null: the endpoint is closed, as in KrakenD. */
function normaliseKeys(raw: Block, place: FeaturePlace): Keys | null {
  const { at, report } = place
  if (place.damaged) return null
  if (raw.issuers?.length) return checkAlgorithm(raw, at, place) ? discovered(raw, place) : null
  if (isClosed(raw)) {
    report.warn(at, 'closed', `${openedBy(raw)}: nobody gets in`)
    return null
  }
  if (!checkAlgorithm(raw, at, place) || !checkRolesKey(raw, place)) return null
  if (raw.secret_url) {
    report.warn([...at, 'secret_url'], 'not-supported', 'encrypted key sets are not supported: nobody gets in')
    return null
  }
  if (raw.jwk_local_path) return localKeys(raw, raw.jwk_local_path, place)
  if (!raw.cache) report.warn(at, 'uncached-keys', 'without cache: true the key set is downloaded twice for every request')
  return { '': sourceOf(raw, raw.jwk_url ?? '', false, place) }
}

function localKeys(raw: Block, file: string, place: FeaturePlace): Keys | null {
  if (raw.cache) {
    place.report.error([...place.at, 'cache'], 'local-keys-cached', 'KrakenD refuses cache beside jwk_local_path: a file needs none')
    return null
  }
  const keys = readLocalKeys(file, place.at, place, true)
  return keys && { '': keys }
}

function checkRolesKey({ roles_key, roles_key_is_nested }: Block, { at, report }: FeaturePlace): boolean {
  if (!roles_key_is_nested || !roles_key?.includes('.') || roles_key.length >= 4) return true
  report.error([...at, 'roles_key'], 'short-roles-key', `KrakenD ends at the start where a nested roles_key is shorter than four characters; found "${roles_key}"`)
  return false
}

type Source = Keys[string]

function sourceOf(raw: Block, url: string, discover: boolean, { around }: FeaturePlace): Source {
  const shared = z.object({ shared_cache_duration: seconds }).safeParse(around.service?.['auth/validator']).data
  const sharedS = shared ? shared.shared_cache_duration || DEFAULT_CACHE_S : null
  const cooldownMs = parseDuration(raw.failed_jwk_key_cooldown ?? '')
  return {
    kind: 'url',
    url,
    discover,
    origins: originsOf(url, around.service),
    cacheMs: raw.cache || discover ? (raw.cache_duration || DEFAULT_CACHE_S) * 1000 : null,
    sharedMs: sharedS && sharedS * 1000,
    cooldownMs: cooldownMs !== null && cooldownMs >= LEAST_COOLDOWN_MS ? cooldownMs : null,
  }
}

/** Each issuer's keys count for its own tokens alone. */
function discovered(raw: Block, place: FeaturePlace): Keys | null {
  const { at, report } = place
  const insecure = raw.issuers!.findIndex((issuer) => !issuer.startsWith('https://'))
  if (insecure >= 0 && !raw.disable_jwk_security) {
    report.warn([...at, 'issuers', insecure], 'closed', `expected an issuer to begin with https://, or disable_jwk_security: true; found "${raw.issuers![insecure]}": nobody gets in`)
    return null
  }
  return Object.fromEntries(raw.issuers!.map((issuer) => [issuer, sourceOf(raw, `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, true, place)]))
}
