import { defineFeature, type FeaturePlace } from '../../../compiler/feature.ts'
import type { PluginUse } from '../../../worker/plugin/load.ts'
import type { Json } from '../../../worker/types.ts'
import { aggregatorSchema } from '../../aggregator.ts'
import { ipFilterOf, ipFilterSchema } from '../ip-filter.ts'
import { type Listed, listPlugins, pluginSchema, usePlugin } from '../modules.ts'
import type * as worker from './worker.ts'

type Stage = [code: string, options: Json]
const builtIn = { 'ip-filter': ipFilterSchema.optional(), 'jwk-aggregator': aggregatorSchema.optional() }

export default defineFeature<typeof worker>()({
  namespace: 'plugin/http-server',
  places: ['service'],
  schema: pluginSchema(builtIn),
  mismatch: 'block',
  normalise(raw, place) {
    // The last wraps the others, as in KrakenD: it sees requests first (lura, transport/http/server/plugin).
    const stages = joinPlugins(listPlugins(raw, place).toReversed(), raw, place)
    return stages.length ? { service: { stages } } : {}
  },
})

/** Neighbours among the user's plugins are one app, which has one context for all of them. */
function joinPlugins(listed: readonly Listed[], raw: { 'ip-filter'?: Parameters<typeof ipFilterOf>[0] | undefined }, place: FeaturePlace): Stage[] {
  const stages: (Stage | PluginUse[])[] = []
  for (const plugin of listed) {
    const own = builtInStage(plugin.name, raw, place)
    const last = stages.at(-1)
    if (own !== undefined) stages.push(...(own ? [own] : []))
    else {
      const use = usePlugin(plugin, Object.keys(builtIn), place)
      if (use && last && !isStage(last)) last.push(use)
      else if (use) stages.push([use])
    }
  }
  return stages.map((stage) => (isStage(stage) ? stage : [place.code('m.service', { m: 'worker/plugin/server' }), { plugins: stage } as unknown as Json]))
}

const isStage = (stage: Stage | PluginUse[]): stage is Stage => typeof stage[0] === 'string'

/** undefined: it is none of Cuttle's. null: it has no block. */
function builtInStage(name: string, { 'ip-filter': filter }: Parameters<typeof joinPlugins>[1], place: FeaturePlace): Stage | null | undefined {
  // Validators ask its origins themselves, where their jwk_url is its address.
  if (name === 'jwk-aggregator') return null
  if (name !== 'ip-filter') return undefined
  return filter ? [place.code('(options, made) => m.createIpFilter(options, made.platform)', { m: 'worker/limit/ip-filter' }), ipFilterOf(filter, place) as unknown as Json] : null
}
