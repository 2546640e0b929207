/** What the normalisers share: the service's defaults, the features, and where findings go. */
import type { Json, Layer, Use } from '../../worker/types.ts'
import type { Path, Report } from '../diagnostics.ts'
import type { Feature } from '../feature.ts'
import { readBlock, type ExtraConfig, type Place } from '../schema/namespaces.ts'
import { parseDuration } from '../schema/loose.ts'

export interface Scope {
  report: Report
  /** The service's hosts, cleaned. */
  hosts: string[]
  timeoutMs: number
  maxBodyBytes: number
  /** A duration that stands in extra_config; what is none is a warning and undefined. */
  duration(text: string, at: Path): number | undefined
  /** The stages that features add at a place. */
  contribute(place: Place, extra: ExtraConfig, original: ExtraConfig | undefined, at: Path): Contribution
}
export type Contribution = { [L in Layer]: Use[] }

/** Ties options to the module that reads them. */
export const use = <O>(name: string, options: O): Use => [name, options as Json]

export function createScope(report: Report, features: readonly Feature[], defaults: Pick<Scope, 'hosts' | 'timeoutMs' | 'maxBodyBytes'>): Scope {
  return {
    ...defaults,
    report,
    duration(text, at) {
      const parsed = parseDuration(text)
      if (parsed === null) report.warn(at, 'wrong-type', `expected a duration such as "2s", found "${text}": it does nothing`)
      return parsed ?? undefined
    },
    contribute(place, extra, original, at) {
      const contribution: Contribution = { service: [], route: [], endpoint: [], proxy: [], backend: [], client: [] }
      for (const feature of features) {
        if (!feature.places.includes(place) || !(feature.namespace in extra)) continue
        const block = readBlock(extra, original, feature.namespace, feature.schema, feature.mismatch, at, report)
        if (!block || (block.damaged && feature.mismatch === 'block')) continue
        const options = feature.normalise(block.value as never, { place, at: [...at, 'extra_config', feature.namespace], report })
        for (const [layer, value] of Object.entries(options)) contribution[layer as Layer].push([`features/${feature.namespace}`, value])
      }
      return contribution
    },
  }
}
