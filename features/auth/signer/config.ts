import { z } from 'zod'
import { defineFeature, type FeaturePlace } from '../../../compiler/feature.ts'
import { ALGORITHMS, isClosed, openedBy, readLocalKeys, reportUnsupported } from '../jwk.ts'
import type * as worker from './worker.ts'

const text = z.string().nullish()
const flag = z.boolean().nullish()
const texts = z.array(z.string()).nullish()

const schema = z.object({
  alg: text,
  kid: text,
  typ: text,
  jwk_url: text,
  jwk_local_path: text,
  jwk_local_ca: text,
  jwk_fingerprints: texts,
  secret_url: text,
  cypher_key: z.base64().nullish(),
  cipher_suites: z.array(z.int().min(0).max(0xffff)).nullish(),
  disable_jwk_security: flag,
  keys_to_sign: texts,
  full: flag,
})
type Block = z.output<typeof schema>
type Keys = Parameters<typeof worker.answer>[0]['keys']

export default defineFeature<typeof worker>()({
  namespace: 'auth/signer',
  places: ['endpoint'],
  schema,
  mismatch: 'close',
  normalise(raw, place) {
    reportUnsupported(raw, place.at, place)
    const keys = normaliseKeys(raw, place)
    const header = { alg: raw.alg ?? '', kid: raw.kid ?? '', typ: raw.typ || 'JWT' }
    return {
      endpoint: { header, keys },
      // What is closed never answers.
      ...(keys && { answer: { header, keys, names: raw.keys_to_sign ?? [], full: raw.full === true } }),
      ...(keys?.kind === 'url' && { start: keys }),
    }
  },
})

/** null: the endpoint is closed, as in KrakenD. */
function normaliseKeys(raw: Block, place: FeaturePlace): Keys {
  const { at, report, damaged } = place
  if (damaged) return null
  const closed = (key: string, message: string): null => {
    report.warn(raw[key as keyof Block] === undefined ? at : [...at, key], 'closed', `${message}: nobody gets in`)
    return null
  }
  if (isClosed(raw)) return closed('jwk_url', openedBy(raw))
  if (!ALGORITHMS.includes(raw.alg ?? '')) return closed('alg', `expected alg to be one of ${ALGORITHMS.join(', ')}; found ${raw.alg ? `"${raw.alg}"` : 'none'}`)
  if (raw.secret_url) return closed('secret_url', 'encrypted key sets are not supported')
  return raw.jwk_local_path ? readLocalKeys(raw.jwk_local_path, at, place, false) : { kind: 'url', url: raw.jwk_url ?? '' }
}
