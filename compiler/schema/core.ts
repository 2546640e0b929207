/** The blocks of extra_config that the core reads itself: router, proxy, backend/http, and Cuttle's own. */
import { z } from 'zod'
import { show } from '../diagnostics.ts'
import { parseDuration } from './loose.ts'
import { json, record } from './record.ts'

const wrong = (what: string) => ({ error: (issue: { input?: unknown }) => `expected ${what}, found ${show(issue.input)}` })
export const flag = () => z.boolean(wrong('true or false')).optional()
export const text = () => z.string(wrong('a text')).optional()
export const texts = () => z.array(z.string(wrong('a text')), wrong('a list of texts')).optional()
/** What may stand in a header. */
export const headerText = () => z.string(wrong('a text')).regex(/^[!-~](?:[ -~]*[!-~])?$/, wrong('a text of printable ASCII')).optional()
export const count = () => z.int(wrong('a whole number')).positive(wrong('a number above 0')).optional()

export const routerSchema = z.object({
  auto_options: flag(),
  disable_redirect_trailing_slash: flag(),
  disable_redirect_fixed_path: flag(),
  disable_handle_method_not_allowed: flag(),
  remove_extra_slash: flag(),
  disable_path_decoding: flag(),
  error_body: record(z.unknown()).optional(),
  return_error_msg: flag(),
  hide_version_header: flag(),
  disable_health: flag(),
  health_path: text(),
  forwarded_by_client_ip: flag(),
  remote_ip_headers: texts(),
  trusted_proxies: texts(),
  app_engine: flag(),
  max_multipart_memory: z.int().optional(),
  logger_skip_paths: texts(),
  disable_access_log: flag(),
  use_h2c: flag(),
  disable_gzip: flag(),
  decompress_gzip: z.unknown().optional(),
  max_payload: z.number(wrong('a number of bytes')).optional(),
})

const flatmap = z.array(z.unknown(), wrong('a list of operations')).optional()

export const endpointProxySchema = z.object({
  sequential: flag(),
  sequential_propagated_params: texts(),
  strategy: text(),
  combiner: text(),
  flatmap_filter: flatmap,
  static: z.looseObject({ data: record(json()), strategy: z.unknown().optional() }, wrong('an object with "data"')).optional(),
  force_sandboxed_request: flag(),
  decompress_gzip: z.unknown().optional(),
  max_payload: z.number(wrong('a number of bytes')).optional(),
})

export const backendProxySchema = z.object({
  flatmap_filter: flatmap,
  shadow: flag(),
  shadow_timeout: text(),
})

export const backendHttpSchema = z.object({
  return_error_code: flag(),
  return_error_details: text(),
})

const milliseconds = () =>
  z.string(wrong('a duration such as "500ms"')).transform((written, ctx) => {
    const parsed = parseDuration(written)
    if (parsed !== null && parsed > 0) return parsed
    ctx.issues.push({ code: 'custom', input: written, message: `expected a duration such as "500ms", found ${show(written)}` })
    return z.NEVER
  })

/** Cuttle's own: calls that got no answer are made again. */
const retrySchema = z.strictObject({
  /** Further calls at most. */
  times: z.int(wrong('a number from 1 to 10')).min(1, wrong('a number from 1 to 10')).max(10, wrong('a number from 1 to 10')).optional(),
  /** What one call may take. */
  attempt_timeout: milliseconds().optional(),
  /** Statuses that count as no answer. */
  statuses: z.array(z.int(wrong('a status')).min(400, wrong('a status of 400 or more')).max(599, wrong('a status')), wrong('a list of statuses')).optional(),
  /** Further calls, in percent of the requests. */
  budget: z.number(wrong('a number of percent')).min(0, wrong('a number of percent')).max(100, wrong('a number of percent')).optional(),
})

/** Cuttle's own: hosts that failed several times in a row are left out. */
const ejectSchema = z.strictObject({ after: count(), for: milliseconds().optional() })

export const httpClientSchema = z.object({
  retry: retrySchema.optional(),
  eject: z.union([z.literal(false), ejectSchema], wrong('false or an object with "after" and "for"')).optional(),
  send_body_on_redirect: flag(),
  no_redirect: z.unknown().optional(),
  proxy_address: z.unknown().optional(),
  client_tls: z.unknown().optional(),
})

/** How Cuttle names itself; some upstreams look for KrakenD's names. */
export const productSchema = z.object({
  /** User-Agent and X-Forwarded-Via. */
  user_agent: headerText(),
  /** What stands behind "Version " in X-Krakend. */
  version: headerText(),
})

/** Where SRV records are asked over HTTPS, on platforms that can't ask DNS itself. */
export const dnsSchema = z.object({ resolver: z.url({ protocol: /^https?$/, ...wrong('an address such as "https://dns.example/dns-query"') }).optional() })

/** How answers are written as JSON. */
export const jsonSchema = z.object({
  /** Sorted and escaped as KrakenD's text is; costs a parse and a sort. */
  canonical: flag(),
})

const hostname = () => z.string(wrong('a host name')).regex(/^(?!.{254})(\*\.)?([a-z0-9_]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]+$/, wrong('a host name such as "api.example.com"'))

/** Of Cloudflare: where the gateway's paths, and no others, are routed to it. */
export const routesSchema = z.object({
  zone: hostname().optional(),
  hosts: z.array(hostname(), wrong('a list of host names')).optional(),
})

/** Of Cloudflare: the Worker that --split puts the endpoint into. */
export const groupSchema = z.object({
  name: z.string(wrong('a name')).regex(/^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/, wrong('a name of small letters, digits and dashes, 32 of them at most')),
  cpu_ms: count(),
  subrequests: count(),
})

export const limitsSchema = z.object({
  /** Bytes of an upstream's or a client's body that may be held in memory. */
  max_buffered_body: count(),
})

export type RouterBlock = z.infer<typeof routerSchema>
export type EndpointProxyBlock = z.infer<typeof endpointProxySchema>
export type BackendProxyBlock = z.infer<typeof backendProxySchema>
export type BackendHttpBlock = z.infer<typeof backendHttpSchema>
export type HttpClientBlock = z.infer<typeof httpClientSchema>
export type ProductBlock = z.infer<typeof productSchema>
