/** What the normalisers share: the service's defaults, the features, and where findings go. */
import type { z } from 'zod'
import type { PayloadOptions } from '../../worker/limit/payload.ts'
import type { BodyLimits } from '../../worker/request-body.ts'
import type { Json, Layer, Use } from '../../worker/types.ts'
import { createReport, type Path, type Report } from '../diagnostics.ts'
import type { Feature, FeaturePlace, Terminal } from '../feature.ts'
import type { Listener, Plan, PlannedEndpoint } from '../plan.ts'
import { collide } from '../ports.ts'
import type { Endpoint } from '../schema/service.ts'
import type { TlsBindings } from './tls.ts'
import { type Block, type ExtraConfig, type Place, readBlock, readValue, writtenName } from '../schema/namespaces.ts'
import { parseDuration } from '../schema/loose.ts'

export interface Scope {
  report: Report
  tls: TlsBindings
  /** The service's client_tls. */
  clientTls: string | null
  /** The service's hosts, cleaned. */
  hosts: string[]
  timeoutMs: number
  maxBodyBytes: number
  /** Of requests that have to be read whole. */
  requestBody: BodyLimits
  /** How long SRV records hold, and who is asked over HTTPS. */
  dns: { ttlMs: number; resolver: string }
  /** JSON as KrakenD writes it, to the byte. */
  canonical: boolean
  /** Not disable_compression. */
  gzip: boolean
  /** return_error_msg. */
  errorMessages: boolean
  /** A duration that stands in extra_config; what is none is a warning and undefined. */
  duration(text: string, at: Path): number | undefined
  /** OPTIONS of paths that a feature answers: gin path → method → module and what it told for it. */
  preflights: Map<string, Map<string, Use>>
  /** An endpoint that stands in a backend: as any other, and none that is asked for. */
  nest(endpoint: Endpoint, at: Path, goesOn: boolean): PlannedEndpoint | null
  /** Sequences go on behind errors. */
  goesOn: boolean
  /** The service asks everyone who they are: answers are for the asker alone. */
  guarded: boolean
  /** The stages that features add at a place. */
  contribute(spot: Spot): Contribution
}
/** Where extra_config stands. */
export interface Spot {
  place: Place
  /** By today's names, and as written. */
  extra: ExtraConfig
  original: ExtraConfig | undefined
  at: Path
  parameters: readonly string[]
  placeholders: readonly string[]
  /** extra_config of what is around. */
  around: FeaturePlace['around']
  /** A backend's url_pattern without its query. */
  pattern: string | null
  hosts: readonly string[]
  siblings: FeaturePlace['siblings']
  nested: FeaturePlace['nested']
  doubles: boolean
}
export type Contribution = { [L in Layer]: Use[] } & { [T in Terminal]: Use | null } & { readsBody: boolean; guarded: boolean; preflight: Use | null; decodes: 'json' | 'data' | null; calls: number; log: Use | null }

/** Where there are no backends beside, and no endpoint within. */
export const ALONE: Pick<Spot, 'siblings' | 'nested' | 'doubles'> = { siblings: [], nested: () => null, doubles: false }

/** Where two listen on one port, workerd and Deno do not start. */
function isFree(wanted: Omit<Listener, 'use'>, gateway: Plan['listen'], listeners: readonly Listener[], at: Path, report: Report): boolean {
  const other = collide(gateway, wanted) ? 'the gateway' : listeners.find((one) => collide(one, wanted))?.name
  if (other !== undefined) report.warn(at, 'port-in-use', `expected a port of its own, found ${wanted.port}, where ${other} listens: nothing is served there`)
  return other === undefined
}

/** Ties options to the module that reads them. */
export const use = <O>(name: string, options: O): Use => [name, options as Json]

const isObjectSchema = (schema: z.ZodType): schema is z.ZodObject => 'shape' in schema

/** Most namespaces have an object; some a list, or what they like. */
function readAny(extra: ExtraConfig, original: ExtraConfig | undefined, { namespace, schema, mismatch }: Feature, at: Path, report: Report): Block<unknown> | undefined {
  return isObjectSchema(schema) ? readBlock(extra, original, namespace, schema, mismatch, at, report) : readValue(extra, original, namespace, schema, at, report)
}

/** max_payload, of the service and of an endpoint; 0 is none. */
export function payloadUse(bytes: number | undefined, { bytes: most, milliseconds }: BodyLimits): Use[] {
  return bytes && bytes > 0 ? [use<PayloadOptions>('worker/limit/payload', { bytes, unsized: { bytes: Math.min(bytes, most), milliseconds } })] : []
}

type Defaults = Omit<Scope, 'report' | 'duration' | 'preflights' | 'guarded' | 'goesOn' | 'contribute'>

/** What features bring and take beside their options, and where `start` goes. */
type Brought = Pick<FeaturePlace, 'serviceName' | 'code' | 'module' | 'exportsOf' | 'pluginFolder' | 'readFile' | 'readFolder' | 'secret' | 'environment' | 'kv' | 'target' | 'limits' | 'sendsTo' | 'dataset'> & { starts: Use[]; listen: Plan['listen']; listeners: Listener[] }

export function createScope(report: Report, features: readonly Feature[], { starts, listen: gateway, listeners, ...files }: Brought, defaults: Defaults): Scope {
  return {
    ...defaults,
    guarded: false,
    goesOn: false,
    report,
    preflights: new Map(),
    duration(text, at) {
      const parsed = parseDuration(text)
      if (parsed === null) report.warn(at, 'wrong-type', `expected a duration such as "2s", found "${text}": it does nothing`)
      return parsed ?? undefined
    },
    contribute({ place, extra, original, at, ...spot }) {
      const contribution: Contribution = { service: [], route: [], endpoint: [], proxy: [], backend: [], client: [], transport: null, call: null, answer: null, readsBody: false, guarded: false, preflight: null, decodes: null, calls: 1, log: null }
      for (const feature of features) {
        const inherited = feature.inherits === true && !(feature.namespace in extra)
        const from = inherited ? spot.around.service : extra
        if (!from || !feature.places.includes(place) || !(feature.namespace in from)) continue
        // What the service's block has wrong was said there.
        const told = inherited ? createReport() : report
        const where = [...(inherited ? [] : at), 'extra_config', writtenName(inherited ? from : original, feature.namespace)]
        const block = readAny(from, inherited ? from : original, feature, where.slice(0, -2), told)
        if (!block || (block.damaged && feature.mismatch === 'block')) continue
        const here: FeaturePlace = { ...files, ...spot, requestBody: defaults.requestBody, place, at: where, report: told, damaged: block.damaged, around: { ...spot.around, [place]: extra } }
        const { readsBody, guarded, preflight, decodes, calls, start, listen, log, ...uses } = feature.normalise(block.value as never, here)
        for (const { options, at: asked, ...where } of listen ?? []) if (isFree(where, gateway, listeners, asked, told)) listeners.push({ ...where, use: use(`features/${feature.namespace}`, options) })
        if (start !== undefined) addStart([`features/${feature.namespace}`, start])
        contribution.readsBody ||= readsBody === true
        contribution.guarded ||= guarded === true
        contribution.decodes ??= decodes ?? null
        contribution.calls *= calls ?? 1
        if (log !== undefined) contribution.log = use(`features/${feature.namespace}`, log)
        if (preflight) contribution.preflight = use(`features/${feature.namespace}`, preflight)
        for (const [part, options] of Object.entries(uses)) add(contribution, part as Layer | Terminal, [`features/${feature.namespace}`, options], where)
      }
      return contribution
    },
  }

  function addStart(added: Use): void {
    const text = JSON.stringify(added)
    if (!starts.some((known) => JSON.stringify(known) === text)) starts.push(added)
  }

  function add(contribution: Contribution, part: Layer | Terminal, added: Use, where: Path): void {
    if (part !== 'transport' && part !== 'call' && part !== 'answer') contribution[part].push(added)
    else if (contribution[part]) report.error(where, 'two-transports', `expected one of ${contribution[part][0].slice(9)} and ${added[0].slice(9)}: both say how the backend is called`)
    else contribution[part] = added
  }
}
