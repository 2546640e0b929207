/** What the normalisers share: the service's defaults, the features, and where findings go. */
import type { BodyLimits } from '../../worker/request-body.ts'
import type { Json, Layer, Use } from '../../worker/types.ts'
import type { Path, Report } from '../diagnostics.ts'
import type { Feature } from '../feature.ts'
import type { TlsBindings } from './tls.ts'
import { readBlock, type ExtraConfig, type Place } from '../schema/namespaces.ts'
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
  /** The stages that features add at a place. */
  contribute(place: Place, extra: ExtraConfig, original: ExtraConfig | undefined, at: Path, parameters: readonly string[]): Contribution
}
export type Contribution = { [L in Layer]: Use[] }

/** Ties options to the module that reads them. */
export const use = <O>(name: string, options: O): Use => [name, options as Json]

export function createScope(report: Report, features: readonly Feature[], defaults: Pick<Scope, 'tls' | 'clientTls' | 'hosts' | 'timeoutMs' | 'maxBodyBytes' | 'requestBody' | 'dns' | 'canonical' | 'gzip' | 'errorMessages'>): Scope {
  return {
    ...defaults,
    report,
    duration(text, at) {
      const parsed = parseDuration(text)
      if (parsed === null) report.warn(at, 'wrong-type', `expected a duration such as "2s", found "${text}": it does nothing`)
      return parsed ?? undefined
    },
    contribute(place, extra, original, at, parameters) {
      const contribution: Contribution = { service: [], route: [], endpoint: [], proxy: [], backend: [], client: [] }
      for (const feature of features) {
        if (!feature.places.includes(place) || !(feature.namespace in extra)) continue
        const block = readBlock(extra, original, feature.namespace, feature.schema, feature.mismatch, at, report)
        if (!block || (block.damaged && feature.mismatch === 'block')) continue
        const options = feature.normalise(block.value as never, { place, at: [...at, 'extra_config', feature.namespace], report, parameters })
        for (const [layer, value] of Object.entries(options)) contribution[layer as Layer].push([`features/${feature.namespace}`, value])
      }
      return contribution
    },
  }
}
