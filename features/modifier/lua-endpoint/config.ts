import { defineFeature } from '../../../compiler/feature.ts'
import { maxBodyBytes, normaliseScript, scriptSchema } from '../lua.ts'
import type * as worker from './worker.ts'

/** From the first piece of a client's body to the last. */
const BODY_MS = 30_000

export default defineFeature<typeof worker>()({
  namespace: 'modifier/lua-endpoint',
  places: ['service', 'endpoint'],
  schema: scriptSchema,
  mismatch: 'key',
  normalise(raw, place) {
    const script = normaliseScript(raw, place)
    if (!script) return {}
    const maxBytes = maxBodyBytes(place)
    const options = { ...script.options, body: script.mentions('body') ? { bytes: maxBytes, milliseconds: BODY_MS } : null, maxBytes }
    return place.place === 'service' ? { route: options } : { endpoint: options }
  },
})
