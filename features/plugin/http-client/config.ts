import { defineFeature } from '../../../compiler/feature.ts'
import { listPlugins, pluginSchema, usePlugin } from '../modules.ts'
import type * as worker from './worker.ts'

export default defineFeature<typeof worker>()({
  namespace: 'plugin/http-client',
  places: ['backend'],
  schema: pluginSchema({}),
  mismatch: 'block',
  normalise(raw, place) {
    const [first, second] = listPlugins(raw, place)
    if (second) place.report.warn([...place.at, 'name'], 'one-plugin', `a backend has one plugin that makes its calls: ${second.name} does nothing`, { opensDoor: true })
    const use = first && usePlugin(first, [], place)
    return use ? { client: use } : {}
  },
})
