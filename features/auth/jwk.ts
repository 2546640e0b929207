/** What validator and signer read alike: algorithms, and where keys come from (security/RULES.md, auth/validator). */
import path from 'node:path'
import { nearest, type Path } from '../../compiler/diagnostics.ts'
import type { FeaturePlace } from '../../compiler/feature.ts'
import { isJwk, type Jwk } from '../../worker/token/jwk.ts'

export const ALGORITHMS = ['EdDSA', 'HS256', 'HS384', 'HS512', 'RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512', 'PS256', 'PS384', 'PS512']

interface Block {
  alg?: string | null | undefined
  jwk_url?: string | null | undefined
  jwk_local_path?: string | null | undefined
  disable_jwk_security?: boolean | null | undefined
  secret_url?: string | null | undefined
  jwk_fingerprints?: readonly string[] | null | undefined
  jwk_local_ca?: string | null | undefined
}

/** KrakenD takes keys from https alone unless told otherwise, and an address that is not there is not https. */
export const isClosed = ({ jwk_url, disable_jwk_security }: Block): boolean => !disable_jwk_security && !jwk_url?.startsWith('https://')

/** What is missing then. */
export const openedBy = ({ jwk_url, jwk_local_path }: Block): string =>
  jwk_local_path && !jwk_url
    ? 'expected disable_jwk_security: true beside jwk_local_path, found none: KrakenD takes a file for an address without https'
    : `expected jwk_url to begin with https://, or disable_jwk_security: true; found ${jwk_url ? `"${jwk_url}"` : 'none'}`

/** False where KrakenD refuses to start. */
export function checkAlgorithm({ alg }: Block, at: Path, { report }: FeaturePlace): boolean {
  if (ALGORITHMS.includes(alg ?? '')) return true
  report.error(alg ? [...at, 'alg'] : at, 'unknown-algorithm', `expected alg to be one of ${ALGORITHMS.join(', ')}; found ${alg ? `"${alg}"` : 'none'}`, nearest(alg ?? '', ALGORITHMS))
  return false
}

/** What no platform lets a Worker do, or Cuttle does not do: a check that is missing is an open door. */
export function reportUnsupported(block: Block, at: Path, { report }: FeaturePlace): void {
  if (block.jwk_fingerprints?.length) report.warn([...at, 'jwk_fingerprints'], 'not-supported', 'platforms show no certificates: jwk_fingerprints does nothing, the authorities that the platform trusts count', { opensDoor: true })
  if (block.jwk_local_ca) report.warn([...at, 'jwk_local_ca'], 'not-supported', 'jwk_local_ca does nothing: the authorities that the platform trusts count')
}

export type LocalKeys = { kind: 'file'; text: string } | { kind: 'binding'; name: string }

/**
 * The keys of jwk_local_path. Keys that can sign, symmetric ones too, are secrets. null: there are none. `refuses`: a file that can't be
 * read ends KrakenD's start, for a validator; a signer's endpoint is closed.
 */
export function readLocalKeys(file: string, at: Path, { readFile, report, secret }: FeaturePlace, refuses: boolean): LocalKeys | null {
  const fail = (code: string, message: string): null => {
    const where = [...at, 'jwk_local_path']
    if (refuses) report.error(where, code, message)
    else report.warn(where, code, `${message}: nobody gets in`)
    return null
  }
  const text = readFile(file)
  if (text === null) return fail('no-such-file', `cannot read ${file}: it is neither beside the configuration nor in the current folder`)
  const keys = keysOf(text)
  if (!keys) return fail('no-key-set', `expected ${file} to be a key set: {"keys": [{"kty": …}]}`)
  if (!keys.length) {
    report.warn([...at, 'jwk_local_path'], 'closed', `expected keys in ${file}, found none: nobody gets in`)
    return null
  }
  const compact = JSON.stringify({ keys })
  const isSecret = keys.some((key) => key.kty === 'oct' || 'd' in key)
  return isSecret ? { kind: 'binding', name: secret(compact, `JWK_${path.basename(file, '.json')}`) } : { kind: 'file', text: compact }
}

/** null where one of them is none that Go's library knows. */
function keysOf(text: string): readonly Jwk[] | null {
  try {
    const set = JSON.parse(text) as { keys?: unknown } | null
    const keys: unknown = set?.keys ?? []
    return typeof set === 'object' && Array.isArray(keys) && keys.every(isJwk) ? keys : null
  } catch {
    return null
  }
}
