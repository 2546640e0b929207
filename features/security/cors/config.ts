import { z } from 'zod'
import { type Path, type Report, show } from '../../../compiler/diagnostics.ts'
import { defineFeature } from '../../../compiler/feature.ts'
import { parseDuration } from '../../../compiler/schema/loose.ts'
import { headerValue } from '../../header-value.ts'
import { textsIn } from '../lists.ts'
import type * as worker from './worker.ts'

const list = () => z.array(z.unknown()).optional()

const schema = z.object({
  allow_origins: list(),
  allow_methods: list(),
  allow_headers: list(),
  expose_headers: list(),
  allow_credentials: z.boolean().optional(),
  allow_private_network: z.boolean().optional(),
  // KrakenD panics where it is no text.
  max_age: z.unknown().optional(),
  options_passthrough: z.boolean().optional(),
  options_success_status: z.number().optional(),
  debug: z.boolean().optional(),
})

export default defineFeature<typeof worker>()({
  namespace: 'security/cors',
  places: ['service', 'endpoint'],
  schema,
  mismatch: 'key',
  normalise(raw, { place, at, report, around }) {
    const policy = policyOf(raw, at, report)
    if (place === 'service') return { service: policy }
    if (around.service && 'security/cors' in around.service) {
      report.warn(at, 'no-effect', "the service's security/cors holds for every endpoint: this one does nothing", { opensDoor: true })
      return {}
    }
    return { endpoint: policy, preflight: policy }
  },
})

function policyOf(raw: z.infer<typeof schema>, at: Path, report: Report): worker.Policy {
  const texts = (key: 'allow_origins' | 'allow_methods' | 'allow_headers' | 'expose_headers'): string[] => textsIn(raw[key], [...at, key], report)
  const origins = originsOf(texts('allow_origins'))
  const credentials = raw.allow_credentials === true
  if (credentials && !origins) report.warn([...at, 'allow_credentials'], 'no-effect', 'browsers refuse credentials where any origin is allowed: list the origins in allow_origins')
  const methods = texts('allow_methods')
  const headers = texts('allow_headers').map((name) => name.toLowerCase())
  return {
    origins,
    methods: methods.length ? methods : ['GET', 'POST', 'HEAD'],
    headers: headers.includes('*') || !headers.length ? null : [...new Set(headers)].toSorted(),
    expose: headerValue(texts('expose_headers').map(canonicalName).join(', ')),
    credentials,
    privateNetwork: raw.allow_private_network === true,
    maxAge: maxAgeOf(raw, at, report),
    passthrough: raw.options_passthrough === true,
    status: statusOf(raw.options_success_status, at, report),
  }
}

/** Of several stars in one, the first counts. */
function originsOf(written: readonly string[]): worker.Policy['origins'] {
  if (!written.length || written.includes('*')) return null
  const origins = written.map((origin) => origin.toLowerCase())
  const split = (origin: string): [string, string] => [origin.slice(0, origin.indexOf('*')), origin.slice(origin.indexOf('*') + 1)]
  return { exact: origins.filter((origin) => !origin.includes('*')), around: origins.filter((origin) => origin.includes('*')).map(split) }
}

function maxAgeOf(raw: z.infer<typeof schema>, at: Path, report: Report): string | null {
  if (!('max_age' in raw)) return null
  const { max_age } = raw
  if (typeof max_age !== 'string') {
    report.error([...at, 'max_age'], 'wrong-type', `expected a duration such as "12h", found ${show(max_age)}`)
    return null
  }
  const parsed = parseDuration(max_age)
  if (parsed === null) report.warn([...at, 'max_age'], 'wrong-type', `expected a duration such as "12h", found "${max_age}": it does nothing`)
  const seconds = Math.trunc((parsed ?? 0) / 1000)
  return seconds === 0 ? null : String(Math.max(0, seconds))
}

/** What a Response may be made with. */
function statusOf(written: number | undefined, at: Path, report: Report): number {
  const status = Math.trunc(written ?? 0)
  if (status >= 200 && status <= 599) return status
  if (status !== 0) report.warn([...at, 'options_success_status'], 'bad-status', `expected a status of 200 to 599, found ${written}: 204 is sent`)
  return 204
}

/** Go's CanonicalHeaderKey; names that are none stay as they are. */
function canonicalName(name: string): string {
  if (!/^[!#$%&'*+\-.^_`|~\w]+$/.test(name)) return name
  return name.toLowerCase().replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase())
}
