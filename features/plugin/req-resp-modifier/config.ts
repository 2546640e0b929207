import { defineFeature, type FeaturePlace } from '../../../compiler/feature.ts'
import type { Json } from '../../../worker/types.ts'
import { ipFilterOf, ipFilterSchema } from '../ip-filter.ts'
import { type Listed, listPlugins, pluginSchema, usePlugin } from '../modules.ts'
import type * as worker from './worker.ts'

const IP_FILTER = 'ip-filter'

export default defineFeature<typeof worker>()({
  namespace: 'plugin/req-resp-modifier',
  places: ['endpoint', 'backend'],
  schema: pluginSchema({ [IP_FILTER]: ipFilterSchema.optional() }),
  mismatch: 'block',
  normalise(raw, place) {
    const listed = listPlugins(raw, place)
    const filter = listed.some(({ name }) => name === IP_FILTER) ? raw[IP_FILTER] : undefined
    const plugins = pluginsOf(listed, place)
    const modify = plugins.length ? { code: place.code('m', { m: 'worker/plugin/modifiers' }), options: { plugins } as unknown as Json } : null
    if (place.place === 'backend') {
      if (filter) place.report.warn([...place.at, IP_FILTER], 'no-effect', 'requests are filtered by address at endpoints and at the service', { opensDoor: true })
      return modify ? { backend: modify, readsBody: true } : {}
    }
    return {
      ...(filter && { endpoint: { code: place.code('(options, made) => m.createIpFilter(options, made.platform)', { m: 'worker/limit/ip-filter' }), options: ipFilterOf(filter, place) as unknown as Json } }),
      ...(modify && { proxy: modify, readsBody: true }),
    }
  },
})

const pluginsOf = (listed: readonly Listed[], place: FeaturePlace) => listed.filter(({ name }) => name !== IP_FILTER).flatMap((plugin) => usePlugin(plugin, [IP_FILTER], place) ?? [])
