import { defineFeature } from '../../../compiler/feature.ts'
import { listPlugins, pluginSchema, usePlugin } from '../modules.ts'
import type * as worker from './worker.ts'

export default defineFeature<typeof worker>()({
  namespace: 'plugin/middleware',
  places: ['endpoint', 'backend'],
  schema: pluginSchema({}),
  mismatch: 'block',
  normalise(raw, place) {
    const plugins = listPlugins(raw, place).flatMap((plugin) => usePlugin(plugin, [], place) ?? [])
    if (!plugins.length) return {}
    return { [place.place === 'endpoint' ? 'proxy' : 'backend']: { plugins }, readsBody: true }
  },
})
