import { z } from 'zod'
import { type Path, type Report, show } from '../../../compiler/diagnostics.ts'
import { defineFeature } from '../../../compiler/feature.ts'
import { compileRegexp } from '../../../compiler/regexp.ts'
import { headerName } from '../../header-name.ts'
import { headerValue } from '../../header-value.ts'
import { textsIn } from '../lists.ts'
import type * as worker from './worker.ts'

const list = () => z.array(z.unknown()).optional()

const schema = z.object({
  allowed_hosts: list(),
  allowed_hosts_are_regex: z.boolean().optional(),
  host_proxy_headers: list(),
  ssl_redirect: z.boolean().optional(),
  ssl_host: z.string().optional(),
  ssl_proxy_headers: z.record(z.string(), z.unknown()).optional(),
  sts_seconds: z.number().optional(),
  sts_include_subdomains: z.boolean().optional(),
  force_sts_header: z.boolean().optional(),
  frame_deny: z.boolean().optional(),
  custom_frame_options_value: z.string().optional(),
  content_type_nosniff: z.boolean().optional(),
  browser_xss_filter: z.boolean().optional(),
  content_security_policy: z.string().optional(),
  referrer_policy: z.string().optional(),
  // Browsers gave it up; KrakenD does nothing with it.
  hpkp_public_key: z.string().optional(),
  is_development: z.boolean().optional(),
})
type Raw = z.infer<typeof schema>

export default defineFeature<typeof worker>()({
  namespace: 'security/http',
  places: ['service', 'endpoint'],
  schema,
  mismatch: 'key',
  normalise(raw, { place, at, report }) {
    const hosts = hostsOf(raw, at, report)
    const policy = headerValue(raw.content_security_policy ?? '')
    const serious = raw.is_development !== true
    if (!serious) report.warn([...at, 'is_development'], 'development', 'hosts are not checked, and neither https nor Strict-Transport-Security are asked for', { opensDoor: true })
    const options: worker.Options = {
      hosts: serious ? hosts : null,
      hostHeaders: textsIn(raw.host_proxy_headers, [...at, 'host_proxy_headers'], report).filter((name) => headerName(name, [...at, 'host_proxy_headers'], report, 'no request has it')),
      redirect: serious && raw.ssl_redirect ? headerValue(raw.ssl_host ?? '') : null,
      secure: secureHeaders(raw, at, report),
      transport: serious ? transportOf(raw) : null,
      headers: headersOf(raw),
      policy: policy ? policy.split('$NONCE') : null,
    }
    return place === 'service' ? { route: options } : { endpoint: options }
  },
})

/** A pattern that does not compile stops KrakenD's start, in development too. */
function hostsOf(raw: Raw, at: Path, report: Report): worker.Options['hosts'] {
  const written = textsIn(raw.allowed_hosts, [...at, 'allowed_hosts'], report)
  if (!written.length) return null
  if (!raw.allowed_hosts_are_regex) return written.map((host) => host.toLowerCase())
  return written.flatMap((pattern, i) => {
    const compiled = compileRegexp(`^${pattern}$`)
    if ('program' in compiled) return [compiled.program]
    report.error([...at, 'allowed_hosts', i], 'bad-pattern', compiled.error)
    return []
  })
}

function secureHeaders(raw: Raw, at: Path, report: Report): [string, string][] {
  return Object.entries(raw.ssl_proxy_headers ?? {}).flatMap(([name, value]): [string, string][] => {
    if (typeof value === 'string') return headerName(name, [...at, 'ssl_proxy_headers', name], report, 'no request has it') ? [[name, value]] : []
    report.warn([...at, 'ssl_proxy_headers', name], 'wrong-type', `expected a text, found ${show(value)}: it does nothing`)
    return []
  })
}

function transportOf(raw: Raw): worker.Options['transport'] {
  const seconds = Math.trunc(raw.sts_seconds ?? 0)
  if (seconds === 0) return null
  return { value: `max-age=${seconds}${raw.sts_include_subdomains ? '; includeSubDomains' : ''}`, always: raw.force_sts_header === true }
}

function headersOf(raw: Raw): [string, string][] {
  const frame = raw.custom_frame_options_value || (raw.frame_deny ? 'DENY' : '')
  const all: [string, string][] = [
    ['x-frame-options', frame],
    ['x-content-type-options', raw.content_type_nosniff ? 'nosniff' : ''],
    ['x-xss-protection', raw.browser_xss_filter ? '1; mode=block' : ''],
    ['referrer-policy', raw.referrer_policy ?? ''],
  ]
  return all.map(([name, value]): [string, string] => [name, headerValue(value)]).filter(([, value]) => value)
}
